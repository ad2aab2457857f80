/** The server's host as desk phones reach it; `null` when that name only works on the server's own computer. */
export function reachableHost(host: string): string | null {
  const loopback = /^(127(\.\d+){3}|::1|(.+\.)?localhost)$/i;
  return loopback.test(host) ? null : host;
}
