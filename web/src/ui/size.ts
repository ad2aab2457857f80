/** How much room something takes, as computers show it: `3.2 GB`. */
export function sizeWords(bytes: number, locale: string): string {
  const [unit, size] = bytes >= 2 ** 30 ? (['gigabyte', 2 ** 30] as const) : (['megabyte', 2 ** 20] as const);
  return (bytes / size).toLocaleString(locale, { style: 'unit', unit, maximumFractionDigits: 1 });
}
