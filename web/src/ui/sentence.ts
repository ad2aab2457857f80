/** The server's words as a sentence of their own. */
export function sentenceOf(words: string): string {
  const begun = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return /[.!?…]$/.test(begun) || begun === '' ? begun : `${begun}.`;
}
