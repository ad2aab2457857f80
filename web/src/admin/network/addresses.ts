/** Addresses as the server writes them: `192.0.2.1`, `2001:db8::1`, with a port `192.0.2.1:3478`, `[2001:db8::1]:3478`. */

/** An address without its port. */
export function hostOf(address: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(address)?.[1];
  if (bracketed !== undefined) return bracketed;
  return isIpv6(address) ? address : address.replace(/:\d+$/, '');
}

/** The port of an address that has one. */
export function portOf(address: string): number | null {
  if (isIpv6(address) && !address.startsWith('[')) return null;
  const port = /:(\d+)$/.exec(address)?.[1];
  return port === undefined ? null : Number(port);
}

/** Whether an address, with or without port, is one of IPv6. */
function isIpv6(address: string): boolean {
  return address.split(':').length > 2;
}

/** Whether an address leads back to the machine it is used on. */
export function isLoopback(address: string): boolean {
  return /^(127\.|::1$)/.test(address);
}

/** Whether an address means something only in a network of its own: this machine, an office, a VPN, behind a carrier's NAT. */
export function isInside(address: string): boolean {
  if (isLoopback(address)) return true;
  if (isIpv6(address)) return /^(f[cd]|fe[89ab])/i.test(address);
  const [first = 0, second = 0] = address.split('.').map(Number);
  return (
    first === 10 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    // RFC 6598: what carriers give to customers behind their own NAT.
    (first === 100 && second >= 64 && second < 128)
  );
}
