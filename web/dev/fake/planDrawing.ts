/** A network plan drawn by hand, in place of the server's. */
import type { NetworkPlan } from '../../src/api/doctor.ts';

const BOX = { width: 190, height: 84 };
const COLUMN = 260;
const ROW = 116;

/** Which column a kind stands in, from the server outwards. */
const COLUMNS: Record<string, number> = { server: 0, router: 1, internet: 2, stun: 3, trunk: 3, home: 3 };

export function drawnPlan({ nodes, edges }: NetworkPlan): string {
  const rows = [0, 0, 0, 0];
  const placed = new Map(
    nodes.map((node) => {
      const column = COLUMNS[node.kind] ?? 3;
      const row = rows[column] ?? 0;
      rows[column] = row + 1;
      return [node.id, { x: 24 + COLUMN * column, y: 24 + ROW * row }] as const;
    }),
  );
  const middle = (id: string) => {
    const at = placed.get(id) ?? { x: 0, y: 0 };
    return { x: at.x + BOX.width / 2, y: at.y + BOX.height / 2 };
  };
  const lines = edges.map(({ from, to, label, is_culprit }) => {
    const [a, b] = [middle(from), middle(to)];
    const colour = is_culprit ? '#c62a36' : '#86959c';
    const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2 - 6];
    return `<path d="M${a.x} ${a.y}L${b.x} ${b.y}" stroke="${colour}" stroke-width="2"/><text x="${x}" y="${y}" font-size="11" fill="${colour}" text-anchor="middle">${label}</text>`;
  });
  const boxes = nodes.map(({ id, label, lines: words, is_culprit }) => {
    const { x, y } = placed.get(id) ?? { x: 0, y: 0 };
    const colour = is_culprit ? '#c62a36' : '#0e6878';
    const below = words.map(
      (word, index) =>
        `<text x="${x + 12}" y="${y + 46 + 17 * index}" font-size="12" fill="#4f626b">${word}</text>`,
    );
    return `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="10" fill="#fff" stroke="${colour}" stroke-width="2"/><text x="${x + 12}" y="${y + 26}" font-size="14" font-weight="600" fill="${colour}">${label}</text>${below.join('')}`;
  });
  const [width, height] = [24 + COLUMN * 4, 24 + ROW * Math.max(...rows)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">${lines.join('')}${boxes.join('')}</svg>`;
}
