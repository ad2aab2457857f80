import { describe, expect, it } from 'vitest';
import { salesTeam } from '../../../dev/fake/oneNumber.ts';
import { draftOf, mistakesOf, teamOf } from './draft.ts';

const draft = draftOf(salesTeam());

describe('seconds', () => {
  it.each([
    ['2', true],
    ['3', false],
    ['120', false],
    ['121', true],
    ['', true],
    ['1.5', true],
  ])('of a turn: %s is wrong: %s', (turn_s, isWrong) => {
    expect(mistakesOf({ ...draft, turn_s })).toEqual(isWrong ? ['turn_s'] : []);
  });

  it.each([
    ['0', false],
    ['300', false],
    ['301', true],
    ['', true],
  ])('until a call goes somewhere else: %s is wrong: %s', (after_s, isWrong) => {
    const overflow = { after_s, number: '100' };
    expect(mistakesOf({ ...draft, overflow })).toEqual(isWrong ? ['overflow_after'] : []);
  });
});

it('a turn is neither checked nor sent where all ring at once', () => {
  const all = { ...draft, order: 'all', turn_s: '999' } as const;
  expect(mistakesOf(all)).toEqual([]);
  expect(teamOf(all)).not.toHaveProperty('turn_s');
  expect(teamOf(draft)).toMatchObject({ order: 'in_turn', turn_s: 15 });
});
