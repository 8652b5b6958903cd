import type { Stack } from '@netwright/core';

/** Every counter of a stack under a flat name: 'tcp.segmentsOut', 'interface.eth0.inFrames', 'pool.inUse'. */
export function metrics(stack: Stack): Record<string, number> {
  const { host } = stack;
  const all: Record<string, number> = {};
  for (const [name, counters] of host.counters) {
    for (const [counter, value] of Object.entries(counters)) all[`${name}.${counter}`] = value;
  }
  for (const each of host.interfaces) {
    for (const [counter, value] of Object.entries(each.counters)) all[`interface.${each.name}.${counter}`] = value;
  }
  all['pool.inUse'] = host.pool.inUse;
  all['pool.exhausted'] = host.pool.exhausted;
  all['timers.armed'] = host.timers.armed;
  return all;
}

/** What is a level and not a count. */
const GAUGES = new Set(['pool.inUse', 'timers.armed']);

/**
 * The counters of stacks in the text format that Prometheus scrapes:
 * `netwright_arp_requests_out{stack="srv"} 3`.
 */
export function prometheusText(...stacks: readonly Stack[]): string {
  const families = new Map<string, { kind: string; lines: string[] }>();
  for (const stack of stacks) {
    for (const [name, value] of Object.entries(metrics(stack))) {
      const { family, labels } = familyOf(name, stack.name);
      const known = families.get(family) ?? { kind: GAUGES.has(name) ? 'gauge' : 'counter', lines: [] };
      families.set(family, known);
      known.lines.push(`${family}{${labels}} ${value}`);
    }
  }
  return [...families].map(([family, { kind, lines }]) => `# TYPE ${family} ${kind}\n${lines.join('\n')}\n`).join('');
}

/** An interface is a label; the rest of a name is the family, in snake case. */
function familyOf(name: string, stack: string): { family: string; labels: string } {
  const labels = [`stack="${escaped(stack)}"`];
  const dot = name.lastIndexOf('.');
  let group = name.slice(0, dot);
  if (group.startsWith('interface.')) {
    labels.push(`interface="${escaped(group.slice('interface.'.length))}"`);
    group = 'interface';
  }
  const words = `${group}_${name.slice(dot + 1)}`.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return { family: `netwright_${words.replace(/[^a-z0-9_]/g, '_')}`, labels: labels.join(',') };
}

function escaped(label: string): string {
  return label.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
}
