import { readFileSync, writeFileSync } from 'node:fs';
import { BUFFERS, CONGESTION, LOSSES, measureCell } from './cell.js';
import { figure, gridPage } from './page.js';

// Measures the grid and writes docs/loss-grid.md; with --check it measures some cells and compares them with the page.
const page = new URL('../../../docs/loss-grid.md', import.meta.url);

async function write(): Promise<void> {
  const grids: Record<string, number[][]> = {};
  for (const congestion of Object.keys(CONGESTION)) {
    grids[congestion] = [];
    for (const buffer of BUFFERS) {
      const row: number[] = [];
      for (const loss of LOSSES) row.push(await measureCell(congestion, buffer, loss));
      grids[congestion].push(row);
      console.log(congestion.padEnd(6), String(buffer).padStart(6), row.map(figure).join(' '));
    }
  }
  writeFileSync(page, gridPage(grids));
}

/** The cells of the largest buffer, where all of the algorithms have something to do. */
async function check(): Promise<void> {
  const [, ...sections] = readFileSync(page, 'utf8').split('\n## ');
  const buffer = Math.max(...BUFFERS);
  for (const section of sections) {
    const congestion = section.split('\n', 1)[0];
    const row: string[] = [];
    for (const loss of LOSSES) row.push(figure(await measureCell(congestion, buffer, loss)));
    const measured = `| ${buffer} | ${row.join(' | ')} |`;
    const same = section.includes(`\n${measured}\n`);
    console.log(
      congestion,
      measured,
      same ? 'as the page says' : 'not what the page says: measure it again without --check',
    );
    if (!same) process.exitCode = 1;
  }
}

await (process.argv.includes('--check') ? check() : write());
