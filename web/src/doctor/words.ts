/** Whether every word of a search is somewhere in what is shown; case and accents do not count. */
export function isIn(search: string, shown: readonly string[]): boolean {
  const all = fold(shown.join('\n'));
  return fold(search)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
