import type { Run } from './cell.js';

/** The middle one, or between the two. */
export function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What was measured, as a table in Markdown: medians of all seeds, with the least and the most. */
export function table(runs: readonly Run[]): string {
  const cells = new Map<string, Run[]>();
  for (const run of runs) {
    const key = [run.congestion, run.rate, run.rtt, run.loss].join();
    cells.set(key, [...(cells.get(key) ?? []), run]);
  }
  const lines = [
    '| congestion control | round trip | loss | Netwright, Mbit/s | kernel, Mbit/s | ratio | seeds × s | Netwright in virtual time |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
  ];
  const sorted = [...cells.values()].sort(
    ([a], [b]) => b.congestion.localeCompare(a.congestion) || a.rate - b.rate || a.rtt - b.rtt || a.loss - b.loss,
  );
  for (const all of sorted) {
    const [{ congestion, rate, rtt, loss, seconds }] = all;
    const of = (sender: Run['sender']) => all.filter((each) => each.sender === sender).map(({ goodput }) => goodput);
    const [ours, kernel, virtual] = [of('stack'), of('kernel'), of('virtual')];
    const name = rate > 0 ? `${congestion}, path of ${rate / 1e6} Mbit/s` : congestion;
    const ratio = ours.length > 0 && kernel.length > 0 ? (median(ours) / median(kernel)).toFixed(2) : '';
    const how = `${Math.min(ours.length, kernel.length) || virtual.length} × ${seconds}`;
    const [first, second, third] = [ours, kernel, virtual].map(figures);
    lines.push(`| ${name} | ${rtt} ms | ${loss} % | ${first} | ${second} | ${ratio} | ${how} | ${third} |`);
  }
  return lines.join('\n');
}

function figures(list: readonly number[]): string {
  if (list.length === 0) return '';
  const round = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  return `${round(median(list))} [${round(Math.min(...list))}–${round(Math.max(...list))}]`;
}
