/** How numbers are written to and by providers (docs/numbers.md). */

export const FORMATS = [
  'plus',
  'digits',
  'double-zero',
  'international',
  'national',
  'national-bare',
  'local',
  'nanp-11',
  'nanp-10',
] as const;
export type Format = (typeof FORMATS)[number];

/** Where somebody dials: country by ISO 3166, area code without the national prefix. */
export interface Place {
  country: string | null;
  area: string | null;
}

/** The example of the documentation, where nothing better is known. */
export const EXAMPLE = { number: '+4989123456', place: { country: 'DE', area: '89' } } as const;

interface Plan {
  code: string;
  international: string;
  national: string;
}

/** Of the countries whose plans farend knows best; for others examples are of Munich. */
const PLANS: Partial<Record<string, Plan>> = {
  DE: { code: '49', international: '00', national: '0' },
  AT: { code: '43', international: '00', national: '0' },
  CH: { code: '41', international: '00', national: '0' },
  FR: { code: '33', international: '00', national: '0' },
  IT: { code: '39', international: '00', national: '' },
  GB: { code: '44', international: '00', national: '0' },
  US: { code: '1', international: '011', national: '1' },
};

/** A number (`+` and digits) as a format writes it; `null` where that takes knowledge that only the server has. */
export function written(number: string, format: Format, { country, area }: Place): string | null {
  if (!/^\+[1-9]\d{3,14}$/.test(number)) return null;
  const digits = number.slice(1);
  if (format === 'plus') return number;
  if (format === 'digits') return digits;
  if (format === 'double-zero') return `00${digits}`;
  const isAmerican = digits.startsWith('1');
  if (format === 'nanp-11') return isAmerican ? digits : `011${digits}`;
  if (format === 'nanp-10') return isAmerican ? digits.slice(1) : `011${digits}`;
  const plan = country === null ? undefined : PLANS[country];
  if (plan === undefined) return null;
  if (format === 'international' || !digits.startsWith(plan.code)) return `${plan.international}${digits}`;
  const home = digits.slice(plan.code.length);
  if (format === 'national-bare') return home;
  const isLocal = area !== null && area !== '' && home.startsWith(area) && home !== area;
  return format === 'local' && isLocal ? home.slice(area.length) : `${plan.national}${home}`;
}

/** An example of a format: one's own number where it can be told, else the documentation's. */
export function example(number: string, format: Format, place: Place): string {
  const own = written(number.replace(/[\s()/-]/g, ''), format, place);
  return own ?? written(EXAMPLE.number, format, EXAMPLE.place) ?? EXAMPLE.number;
}
