/** Parts of the call panel that open over it; shortcuts may ask for them from anywhere. */
import { useEffect, useState } from 'react';
import type { CallId } from '../phone/calls.ts';

export type PanelPart = 'transfer' | 'keypad' | 'invite';

interface Wish {
  call: CallId;
  part: PanelPart;
}

let listener: ((wish: Wish) => void) | null = null;
/** What was asked for while another screen was open, for the panel that appears. */
let waiting: Wish | null = null;

export function askPanel(call: CallId, part: PanelPart): void {
  const wish = { call, part };
  if (listener === null) waiting = wish;
  else listener(wish);
}

export function onPanelAsked(call: CallId, open: (part: PanelPart) => void): () => void {
  const hear = (wish: Wish) => {
    if (wish.call === call) open(wish.part);
  };
  listener = hear;
  if (waiting !== null) hear(waiting);
  waiting = null;
  return () => {
    if (listener === hear) listener = null;
  };
}

/** Which part of a call's panel is open, and how that is changed. */
export function usePanelPart(call: CallId): [PanelPart | null, (part: PanelPart | null) => void] {
  const [part, setPart] = useState<PanelPart | null>(null);
  useEffect(() => onPanelAsked(call, (asked) => setPart((now) => (now === asked ? null : asked))), [call]);
  return [part, setPart];
}
