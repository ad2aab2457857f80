/** PINs by which people log on at shared phones. */
export const PIN_LENGTH_MIN = 4;
export const PIN_LENGTH_MAX = 12;

export function isPin(text: string): boolean {
  return /^\d+$/.test(text) && text.length >= PIN_LENGTH_MIN && text.length <= PIN_LENGTH_MAX;
}
