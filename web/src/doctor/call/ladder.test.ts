import { expect, it } from 'vitest';
import { demoFlight } from '../../../dev/fake/flight.ts';
import type { Flight, Rung } from '../../api/doctor.ts';
import { ladderOf } from './ladder.ts';

const demo = demoFlight(new Date('2026-11-26T10:00:00Z'));

function flightOf(...rungs: Partial<Rung>[]): Flight {
  const rung = { at_ms: 0, leg: 1, from: 'a', to: 'farend', what: 'INVITE', note: '' };
  return { ...demo, marks: [], ladder: rungs.map((some) => ({ ...rung, ...some })) };
}

it('puts us between who has dialled and who was called', () => {
  const { lanes, steps } = ladderOf(demo);
  expect(lanes.map(({ key }) => key)).toEqual(['leg 1', 'farend', 'leg 2']);
  expect(steps[0]).toMatchObject({ kind: 'arrow', from: 0, to: 1 });
});

it('stays so where we call first', () => {
  const ladder = ladderOf(flightOf({ from: 'farend', to: 'a' }, { at_ms: 1 }));
  expect(ladder.lanes.map(({ key }) => key)).toEqual(['leg 1', 'farend']);
  expect(ladder.steps).toMatchObject([
    { from: 1, to: 0 },
    { from: 0, to: 1 },
  ]);
});

it('keeps two legs at one address apart, and names apart that no leg is known of', () => {
  const ladder = ladderOf(flightOf({ leg: 1 }, { leg: 2 }, { leg: null, from: 'x', to: 'y' }));
  expect(ladder.lanes.map(({ key }) => key)).toEqual(['leg 1', 'farend', 'leg 2', 'x', 'y']);
});

it('moves every arrow along when lanes change their places', () => {
  const ladder = ladderOf(
    flightOf({ leg: null, from: 'x', to: 'y' }, { leg: null, from: 'y', to: 'z' }, { leg: null, from: 'z' }),
  );
  expect(ladder.lanes.map(({ key }) => key)).toEqual(['x', 'farend', 'y', 'z']);
  expect(ladder.steps).toMatchObject([
    { from: 0, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 1 },
  ]);
});

it('tells messages and what else happened in the order of time, whatever order they come in', () => {
  const { steps } = ladderOf({ ...demo, ladder: demo.ladder.toReversed(), marks: demo.marks.toReversed() });
  const times = steps.map((step) => (step.kind === 'arrow' ? step.rung.at_ms : step.mark.at_ms));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(steps).toHaveLength(demo.ladder.length + demo.marks.length);
});

it('is empty where nothing is known', () => {
  expect(ladderOf({ ...demo, ladder: [], marks: [] })).toEqual({ lanes: [], steps: [] });
});
