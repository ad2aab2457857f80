/** The mark: our end of the line, the line, and the far end, which is open. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="#0e6878" />
      <path
        d="M9.5 22.5C9.5 14 13 9.8 18.6 9.6"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="9.5" cy="22.5" r="3.6" fill="#fff" />
      <circle cx="22" cy="9.8" r="3.2" fill="none" stroke="#fff" strokeWidth="2.6" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 10 }}>
      <Mark />
      <span style={{ fontWeight: 680, fontSize: 20, letterSpacing: '-0.025em' }}>farend</span>
    </span>
  );
}
