/** What of `after` is not as it was `before`: only that is sent, and whatever others have changed meanwhile stays. */
export function changesOf<T extends object>(before: Partial<T>, after: T): Partial<T> {
  const isOther = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[key as keyof T]);
  return Object.fromEntries(Object.entries(after).filter(isOther)) as Partial<T>;
}
