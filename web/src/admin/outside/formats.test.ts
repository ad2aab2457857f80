import { expect, it } from 'vitest';
import { EXAMPLE, example, FORMATS, written } from './formats.ts';

const MUNICH = { country: 'DE', area: '89' };
const MILAN = { country: 'IT', area: '02' };
const NEW_YORK = { country: 'US', area: '212' };

// The tables of docs/numbers.md.
it.each([
  ['plus', '+4989123456', '+12125550123'],
  ['digits', '4989123456', '12125550123'],
  ['double-zero', '004989123456', '0012125550123'],
  ['international', '004989123456', '0012125550123'],
  ['national', '089123456', '0012125550123'],
  ['national-bare', '89123456', '0012125550123'],
  ['local', '123456', '0012125550123'],
  ['nanp-11', '0114989123456', '12125550123'],
  ['nanp-10', '0114989123456', '2125550123'],
] as const)('%s writes numbers in Munich as the documentation says', (format, german, american) => {
  expect(written('+4989123456', format, MUNICH)).toBe(german);
  expect(written('+12125550123', format, MUNICH)).toBe(american);
});

it('knows other countries’ prefixes', () => {
  expect(written('+390212345678', 'national', MILAN)).toBe('0212345678');
  expect(written('+12125550123', 'national', NEW_YORK)).toBe('12125550123');
  expect(written('+4989123456', 'international', NEW_YORK)).toBe('0114989123456');
  expect(written('+493012345', 'local', MUNICH)).toBe('03012345');
});

it('takes the documentation’s number where the own one cannot be told', () => {
  expect(example('', 'national', MUNICH)).toBe('089123456');
  expect(example('+81312345678', 'national', { country: 'JP', area: '3' })).toBe('089123456');
  expect(example('+49 (89) 12 34-50', 'national', MUNICH)).toBe('08912' + '3450');
  for (const format of FORMATS) expect(written(EXAMPLE.number, format, EXAMPLE.place)).not.toBeNull();
});
