import { expect, it } from 'vitest';
import { hostOf, isInside, isLoopback, portOf } from './addresses.ts';

it.each([
  ['192.0.2.1:3478', '192.0.2.1', 3478],
  ['192.0.2.1', '192.0.2.1', null],
  ['[2001:db8::1]:3478', '2001:db8::1', 3478],
  ['2001:db8::1', '2001:db8::1', null],
  ['stun.example.com:3478', 'stun.example.com', 3478],
])('%s is %s at port %s', (address, host, port) => {
  expect([hostOf(address), portOf(address)]).toEqual([host, port]);
});

it.each([
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.1.10',
  '169.254.1.1',
  '100.64.0.1',
  '127.0.0.1',
  '::1',
  'fd00::1',
  'fe80::1',
])('%s means something only where it is', (address) => {
  expect(isInside(address)).toBe(true);
});

it.each(['192.0.2.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '192.169.0.1', '2001:db8::1'])(
  '%s is one of the internet',
  (address) => {
    expect(isInside(address)).toBe(false);
  },
);

it.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['192.168.1.10', false],
  ['::1234', false],
])('%s leads back to the same machine: %s', (address, back) => {
  expect(isLoopback(address)).toBe(back);
});
