/** Where the messages of a call's signalling are drawn: a lane for each leg and one for us, in the order in which they come in. */
import type { Flight, FlightLeg, Mark, Rung } from '../../api/doctor.ts';

/** How the server calls itself. */
const US = 'farend';

export interface Lane {
  key: string;
  /** `null`: it is us, or nobody knows whose it is. */
  leg: FlightLeg | null;
  /** As the server calls it. */
  name: string;
}

export interface Arrow {
  kind: 'arrow';
  rung: Rung;
  from: number;
  to: number;
}

export interface Noted {
  kind: 'mark';
  mark: Mark;
}

export interface Ladder {
  lanes: Lane[];
  /** What happened, in its order. */
  steps: (Arrow | Noted)[];
}

/** Who dialled stands on the left, we beside them, whoever was called right of us. */
export function ladderOf({ legs, ladder, marks }: Flight): Ladder {
  const lanes: Lane[] = [];
  const laneOf = (name: string, leg: number | null): number => {
    const key = name === US ? US : leg === null ? name : `leg ${leg}`;
    const at = lanes.findIndex((lane) => lane.key === key);
    if (at >= 0) return at;
    lanes.push({ key, name, leg: name === US ? null : (legs.find((each) => each.leg === leg) ?? null) });
    return lanes.length - 1;
  };
  const arrows = inOrder(ladder).map((rung): Arrow => {
    const from = laneOf(rung.from, rung.leg);
    return { kind: 'arrow', rung, from, to: laneOf(rung.to, rung.leg) };
  });
  const us = lanes.findIndex(({ key }) => key === US);
  const ours = lanes[us];
  const isMoved = us > 1 || (us === 0 && lanes.length > 1);
  if (ours !== undefined && isMoved) {
    lanes.splice(us, 1);
    lanes.splice(1, 0, ours);
    const moved = (lane: number) => (lane === us ? 1 : shifted(lane, us));
    for (const arrow of arrows) Object.assign(arrow, { from: moved(arrow.from), to: moved(arrow.to) });
  }
  return { lanes, steps: merged(arrows, inOrder(marks)) };
}

/** Where a lane is once ours, which was at `us`, has become the second one. */
function shifted(lane: number, us: number): number {
  const without = lane > us ? lane - 1 : lane;
  return without >= 1 ? without + 1 : without;
}

function merged(arrows: readonly Arrow[], marks: readonly Mark[]): Ladder['steps'] {
  const noted = marks.map((mark): Noted => ({ kind: 'mark', mark }));
  // A stable order: of what came at once, the message first.
  return [...arrows, ...noted].sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf(step: Arrow | Noted): number {
  return step.kind === 'arrow' ? step.rung.at_ms : step.mark.at_ms;
}

function inOrder<Item extends { at_ms: number }>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => a.at_ms - b.at_ms);
}
