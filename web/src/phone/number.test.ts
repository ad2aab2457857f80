import { expect, it } from 'vitest';
import { formatDuration, looksLikeNumber, parseNumber } from './number.ts';

it.each([
  ['102', '102'],
  [' +49 (89) 1234-0 ', '+498912340'],
  ['+49 (0)89 1234', '+49891234'],
  ['089/12 34 56', '089123456'],
  ['tel:+49-89-1234', '+49891234'],
  ['sip:102@farend', '102'],
  ['*43', '*43'],
  ['#31#0891234', '#31#0891234'],
  ['Ben', null],
  ['12+3', null],
  ['', null],
  ['1'.repeat(33), null],
])('%j is the number %j', (text, number) => {
  expect(parseNumber(text)).toBe(number);
});

it.each([
  ['+49 89', true],
  ['*43', true],
  ['b', false],
  ['  ', false],
])('%j looks like a number: %j', (text, expected) => {
  expect(looksLikeNumber(text)).toBe(expected);
});

it.each([
  [0, '0:00'],
  [75_999, '1:15'],
  [3_600_000, '1:00:00'],
  [-5, '0:00'],
])('%d ms are %j', (duration_ms, shown) => {
  expect(formatDuration(duration_ms)).toBe(shown);
});
