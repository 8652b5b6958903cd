import { BUFFERS, LOSSES } from './cell.js';

/** What smoltcp publishes for the same grid with 32 KiB of buffer, in bytes a second: by loss. */
const SMOLTCP: Readonly<Record<number, number>> = { 0: 322945, 0.01: 219671, 0.05: 76626, 0.3: 1156 };

const WHAT: Readonly<Record<string, string>> = {
  none: '`congestion.fixed` with a window that never limits: the peer’s window alone does, as in smoltcp',
  cubic: '`congestion.cubic`, the default: what is lost is taken for congestion, so that loss limits it by design',
  bbr: '`congestion.bbr`: the rate that the path delivers, whatever is lost',
};

/** The page of the grid, as Markdown. */
export function gridPage(grids: Readonly<Record<string, readonly (readonly number[])[]>>): string {
  const lines = [
    '# The loss grid',
    '',
    'One connection sends 10 MiB over a cable with a round trip of 100 ms that loses frames in both directions. Bytes a second',
    'by size of the receive buffer (rows; the send buffer is twice that) and by loss (columns). Virtual time, one seed a cell: the same on',
    'any machine. `node bench/dist/loss-grid/main.js` writes this page; a test measures some of its cells again.',
    '',
    'Beside 32 KiB stands what smoltcp publishes for its own run of this grid; it has no congestion control.',
  ];
  for (const [name, rows] of Object.entries(grids)) {
    lines.push('', `## ${name}`, '', WHAT[name], '');
    lines.push(`| buffer | ${LOSSES.map((loss) => `${loss * 100} %`).join(' | ')} |`);
    lines.push(`|---:|${LOSSES.map(() => '---:').join('|')}|`);
    for (const [i, row] of rows.entries()) lines.push(`| ${BUFFERS[i]} | ${row.map(figure).join(' | ')} |`);
    lines.push(
      `| smoltcp 32768 | ${LOSSES.map((loss) => (loss in SMOLTCP ? figure(SMOLTCP[loss]) : '')).join(' | ')} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Bytes a second, rounded. */
export function figure(rate: number): string {
  return String(Math.round(rate));
}
