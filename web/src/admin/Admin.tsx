export function Admin({ allowed }: { allowed: boolean }) {
  return allowed ? null : null;
}
