/** The list with the item at `index` one place further up (`-1`) or down (`1`); as it is where there is no such place. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list];
  const item = next[index];
  const other = next[index + by];
  if (item === undefined || other === undefined) return next;
  next[index] = other;
  next[index + by] = item;
  return next;
}
