/** Where a desk phone finds the server, by the page's host name; `null` when that is only this very computer. */
export function registrarHost(hostname: string): string | null {
  const loopback = /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/i;
  return loopback.test(hostname) ? null : hostname;
}
