import { expect, it } from 'vitest';
import { drawLine, History } from './lineDrawing.ts';

const WIDTH = 400;

/** Where a line with this gap is drawn, and where bars of sound from both ends stand: pairs of left and right edge. */
function drawn(gap: number) {
  const line: [number, number][] = [];
  const bars: [number, number][] = [];
  const context = {
    setTransform: () => undefined,
    clearRect: () => undefined,
    beginPath: () => undefined,
    fill: () => undefined,
    arc: () => undefined,
    stroke: () => undefined,
    fillRect: (x: number, _y: number, width: number) => line.push([x, x + width]),
    roundRect: (x: number, _y: number, width: number) => bars.push([x, x + width]),
  };
  const canvas = document.createElement('canvas');
  Object.defineProperties(canvas, {
    getContext: { value: () => context },
    clientWidth: { value: WIDTH },
    clientHeight: { value: 56 },
  });
  canvas.style.setProperty('--meter-gap', String(gap));
  document.body.append(canvas);
  const loud = new History();
  loud.levels.fill(0.5);
  drawLine(canvas, loud, loud, false);
  canvas.remove();
  return { line, bars };
}

const over = (parts: [number, number][], at: number) => parts.some(([from, to]) => from < at && at < to);

it('a whole line carries sound from end to end', () => {
  const { line, bars } = drawn(0);
  for (let at = 30; at <= WIDTH - 30; at += 10) {
    if (at !== WIDTH / 2) expect(over(line, at), `${at}`).toBe(true);
  }
  expect(bars).toHaveLength(2 * 32);
  expect(Math.max(...bars.map(([, to]) => to))).toBeGreaterThan(WIDTH - 30);
});

it('a line that is cut carries none over the cut', () => {
  const { line, bars } = drawn(0.24);
  const [from, to] = [WIDTH / 2 - 40, WIDTH / 2 + 40];
  for (const [left, right] of [...line, ...bars])
    expect(right <= from || left >= to, `${left} to ${right}`).toBe(true);
  expect(over(line, 60) && over(line, WIDTH - 60)).toBe(true);
  expect(bars.some(([left]) => left < 60) && bars.some(([, right]) => right > WIDTH - 60)).toBe(true);
});
