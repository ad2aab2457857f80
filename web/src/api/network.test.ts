import { expect, it } from 'vitest';
import { goodNetwork } from '../../dev/fake/networks.ts';
import { networkOf } from './network.ts';

const good = goodNetwork(new Date('2026-11-26T10:00:00Z'));

it('takes the words that it knows', () => {
  expect(networkOf(good)).toEqual(good);
});

it('a word of a newer server says nothing', () => {
  const words = { outcome: 'a', rfc3489_type: 'b', mapping: 'c', filtering: 'd', confidence: 'e' };
  const [nat] = networkOf({ ...good, nat: good.nat.map((each) => ({ ...each, ...words })) }).nat;
  expect(nat).toMatchObject({
    outcome: 'unknown',
    rfc3489_type: 'unknown',
    mapping: 'unknown',
    filtering: 'unknown',
    confidence: 'low',
  });
});
