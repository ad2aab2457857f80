import type { CallDiagnostics, BrowserPhone } from './phone/browserPhone.ts';

declare global {
  interface Window {
    /**
     * For support and for end-to-end tests: what the browser measures about each call now. In the console:
     * `await farendDiagnostics()`. Each entry names the selected pair of addresses (protocol, remote port), the codec,
     * packets, loss, jitter and round trip.
     */
    farendDiagnostics?: () => Promise<CallDiagnostics[]>;
  }
}

export function exposeDiagnostics(phone: BrowserPhone): void {
  window.farendDiagnostics = () => phone.diagnostics();
}
