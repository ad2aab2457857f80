/** A network plan drawn by hand, much as the server draws its own. */
import type { NetworkPlan } from '../../src/api/doctor.ts';

type Node = NetworkPlan['nodes'][number];
interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP = 18;
const TOP = 92;
/** From the office outwards: where a column begins, and how wide it is. */
const COLUMNS = [
  { x: 24, width: 200 },
  { x: 290, width: 200 },
  { x: 570, width: 240 },
  { x: 870, width: 46 },
  { x: 976, width: 240 },
];
const COLUMN_OF: Record<string, number> = { office: 0, vpn: 0, phones: 0, server: 1, router: 2, internet: 3 };
const WIDTH = 1_240;

export function drawnPlan({ nodes, edges }: NetworkPlan): string {
  const columns = COLUMNS.map((_, column) => nodes.filter(({ kind }) => (COLUMN_OF[kind] ?? 4) === column));
  const heights = columns.map((column) => stackOf(column));
  const tallest = Math.max(...heights);
  const places = new Map<string, Place>();
  columns.forEach((column, index) => {
    const { x, width } = COLUMNS[index] ?? { x: 0, width: 0 };
    let y = TOP + (tallest - (heights[index] ?? 0)) / 2;
    for (const node of column) {
      const isBar = node.kind === 'internet';
      places.set(
        node.id,
        isBar ? { x, width, y: TOP, height: tallest } : { x, width, y, height: heightOf(node) },
      );
      y += heightOf(node) + GAP;
    }
  });
  const ways = edges.map((edge) => way(edge, places));
  const boxes = nodes.map((node) => box(node, places.get(node.id)));
  const style =
    ".paper{fill:#fff}text{font-family:Helvetica,Arial,'Liberation Sans',sans-serif;fill:#17212b;font-size:12.5px}.title{font-size:24px;font-weight:700}.label{font-size:14px;font-weight:700}.box{fill:#f5f7f9;stroke:#b4c0cb;stroke-width:1.5}.bar{fill:#e3ecf5;stroke:#1f5f99;stroke-width:1.5}.bartext{font-size:18px;font-weight:700;fill:#1f5f99;letter-spacing:3px}.way{fill:none;stroke:#8b9aa9;stroke-width:1.6}.soft{fill:#566575}.bad .box{fill:#fdeceb;stroke:#c01f1f;stroke-width:2.5}.bad .label{fill:#c01f1f}.bad.way{stroke:#c01f1f;stroke-width:2.8}";
  const height = TOP + tallest + 28;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"><style>${style}</style><rect class="paper" width="${WIDTH}" height="${height}"/><text class="title" x="24" y="52">Network plan</text>${ways.join('')}${boxes.join('')}</svg>`;
}

function heightOf({ lines }: Node): number {
  return 40 + 17 * lines.length;
}

function stackOf(column: readonly Node[]): number {
  return column.reduce((sum, node) => sum + heightOf(node) + GAP, -GAP);
}

/** Across to the middle of the gap, up or down there, and on; the internet is as tall as whatever it meets. */
function way(
  { from, to, label, is_culprit }: NetworkPlan['edges'][number],
  places: Map<string, Place>,
): string {
  const [a, b] = [places.get(from), places.get(to)];
  if (a === undefined || b === undefined) return '';
  const [fromBar, toBar] = [a.width < 50, b.width < 50];
  const start = a.y + a.height / 2;
  const end = b.y + b.height / 2;
  const [y1, y2] = [fromBar ? end : start, toBar ? start : end];
  const [left, right] = [a.x + a.width, b.x];
  const middle = (left + right) / 2;
  const text = label === '' ? '' : `<text class="soft" x="${middle + 4}" y="${y2 - 6}">${label}</text>`;
  return `<path class="way${is_culprit ? ' bad' : ''}" d="M${left} ${y1}H${middle}V${y2}H${right}"/>${text}`;
}

function box({ kind, label, lines, is_culprit }: Node, place: Place | undefined): string {
  if (place === undefined) return '';
  const { x, y, width, height } = place;
  const rect = (name: string) =>
    `<rect class="${name}" x="${x}" y="${y}" width="${width}" height="${height}" rx="7"/>`;
  if (kind === 'internet') {
    const [middle, centre] = [x + width / 2 + 6, y + height / 2];
    return `${rect('bar')}<text class="bartext" text-anchor="middle" transform="translate(${middle} ${centre}) rotate(-90)">${label}</text>`;
  }
  const below = lines.map((line, index) => `<text x="${x + 12}" y="${y + 43 + 17 * index}">${line}</text>`);
  return `<g${is_culprit ? ' class="bad"' : ''}>${rect('box')}<text class="label" x="${x + 12}" y="${y + 25}">${label}</text>${below.join('')}</g>`;
}
