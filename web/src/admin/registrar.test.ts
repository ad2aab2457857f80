import { expect, it } from 'vitest';
import { reachableHost } from './registrar.ts';

it.each([
  ['pbx.example.com', 'pbx.example.com'],
  ['192.168.1.10', '192.168.1.10'],
  ['fd00::1', 'fd00::1'],
  ['localhost.example.com', 'localhost.example.com'],
  ['localhost', null],
  ['farend.localhost', null],
  ['127.0.0.1', null],
  ['127.8.0.1', null],
  ['::1', null],
])('a desk phone finds %s at %s', (host, reachable) => {
  expect(reachableHost(host)).toBe(reachable);
});
