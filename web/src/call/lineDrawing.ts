/** Draws the line meter: pure canvas work, called for every frame. */

/** Marks along each direction, and how long a mark stands for, in milliseconds. */
const MARKS = 32;
const MARK_MS = 45;

/** The last levels of one direction, newest first. */
export class History {
  readonly levels: number[] = new Array<number>(MARKS).fill(0);
  #peak = 0;
  #since_ms = 0;

  add(level: number, now_ms: number): void {
    this.#peak = Math.max(this.#peak, level);
    if (now_ms - this.#since_ms < MARK_MS) return;
    this.levels.pop();
    this.levels.unshift(this.#peak);
    this.#since_ms = now_ms;
    this.#peak = 0;
  }
}

/** The near end is on the left; above the line goes what we say, below it what we hear. `still` draws bars that do not travel. */
export function drawLine(canvas: HTMLCanvasElement, near: History, far: History, still: boolean): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const middle = height / 2;
  const end = 7;
  const from = end * 2 + 4;
  const to = width - end * 2 - 4;
  const step = (to - from) / MARKS;
  // A line that is cut is drawn so, and sound goes no further than to the cut.
  const whole = 1 - Number(style.getPropertyValue('--meter-gap'));
  const reach = whole < 1 ? Math.floor((MARKS * whole) / 2) : MARKS;

  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.fillStyle = context.strokeStyle = colour('--meter-line');
  const half = (whole * (to - from + 4)) / 2;
  context.fillRect(from - 2, middle - 0.75, half, 1.5);
  context.fillRect(to + 2 - half, middle - 0.75, half, 1.5);

  const marks = (history: History, up: boolean) => {
    for (let index = 0; index < reach; index += 1) {
      const level = still
        ? Number(index / MARKS < (history.levels[0] ?? 0)) * 0.5
        : (history.levels[index] ?? 0);
      if (level <= 0.01) continue;
      const length = Math.max(2, level * (middle - 3));
      const at = up ? from + index * step : to - (index + 1) * step;
      context.beginPath();
      context.roundRect(
        at + step * 0.2,
        up ? middle - 2 - length : middle + 2,
        Math.max(1.5, step * 0.6),
        length,
        2,
      );
      context.fill();
    }
  };
  context.fillStyle = colour('--meter-near');
  marks(near, true);
  context.beginPath();
  context.arc(end + 1, middle, end, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = context.strokeStyle = colour('--meter-far');
  marks(far, false);
  context.lineWidth = 3;
  context.beginPath();
  context.arc(width - end - 1, middle, end - 1.5, 0, 2 * Math.PI);
  context.stroke();
}
