/** What a person does with their calls, whichever phone they talk on. */
import type { CallId, Party, PhoneState } from './calls.ts';
import type { Media } from './media.ts';

/** The phone in this browser (`browserPhone.ts`), or the one on the desk under our control (`deskPhone.ts`). Screens see no
 * difference but `media`. */
export interface Phone {
  /** The computer's sound; `null` where the sound is elsewhere, and nothing may be said of microphones. */
  readonly media: Media | null;
  state(): PhoneState;
  /** Returns the function that ends it. */
  subscribe(changed: () => void): () => void;
  dial(party: Party): void;
  answer(call: CallId): void;
  reject(call: CallId): void;
  hangUp(call: CallId): void;
  toggleHold(call: CallId): void;
  /** Only where the sound is ours. */
  toggleMute(call: CallId): void;
  press(call: CallId, tone: string): void;
  transfer(call: CallId, to: Party): void;
  dismiss(call: CallId): void;
  /** Tries now instead of waiting; also takes the phone back from where else it is. */
  reconnect(): void;
}
