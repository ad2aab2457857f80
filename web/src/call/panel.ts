/** Parts of the call panel that open over it; shortcuts may ask for them from anywhere. */
export type PanelPart = 'transfer' | 'keypad';

const asked = new EventTarget();

export function askPanel(part: PanelPart): void {
  asked.dispatchEvent(new CustomEvent<PanelPart>('ask', { detail: part }));
}

export function onPanelAsked(open: (part: PanelPart) => void): () => void {
  const listener = (event: Event) => open((event as CustomEvent<PanelPart>).detail);
  asked.addEventListener('ask', listener);
  return () => asked.removeEventListener('ask', listener);
}
