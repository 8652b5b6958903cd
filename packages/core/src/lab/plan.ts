import { fail } from '../errors.js';
import { LINK } from '../lab.js';
import type { Choice, Chooser } from '../manifest/choice.js';
import type { Manifest } from '../manifest/load.js';
import { didYouMean, type ManifestPath } from '../manifest/problems.js';
import type { Entry } from '../manifest/schema.js';
import { planInterfaces, planStack, planWatchers, type StackPlan } from '../stack/plan.js';
import type { Outage } from './outages.js';
import { planValidations, type Validation } from './validate.js';

/** A lab's manifest, loaded. */
export type LabSource = Manifest & { kind: 'lab' };

/** One end of a link: an interface of a node. */
export interface Endpoint {
  readonly node: string;
  readonly interface: string;
}

export interface LinkPlan {
  /** 'srv:eth0 - cli:eth0', or what `as` says. */
  readonly name: string;
  readonly choice: Choice;
  readonly endpoints: readonly Endpoint[];
  readonly down: readonly Outage[];
}

/** All that a lab will be made of, checked; nothing has been made yet. */
export interface LabPlan {
  readonly name: string;
  readonly nodes: readonly StackPlan[];
  readonly links: readonly LinkPlan[];
  readonly watchers: readonly Choice[];
  readonly validations: readonly Validation[];
}

/** Plans a lab. Problems: those of stacks, and LAB_*. */
export function planLab(manifest: LabSource, chooser: Chooser): LabPlan {
  const { value } = manifest;
  const { topology, defaults } = value;
  const ends = readEndpoints(manifest, chooser);
  const nodes = Object.entries(topology.nodes).map(([name, node]): StackPlan => {
    const path: ManifestPath = ['topology', 'nodes', name];
    const layers = node.layers ?? defaults?.layers;
    if (layers === undefined) {
      const values = { path: path.join('.'), problem: 'it has no layers' };
      const expected = 'Give it `layers`, or give all nodes some in `defaults`.';
      chooser.problems.add(fail('MANIFEST_SHAPE', { ...values, expected }, manifest.place(path)));
    }
    const implied = ends.flat().flatMap((end) => (end.node === name ? end.interface : []));
    return planStack(
      {
        name,
        layers: {
          entries: (layers ?? []) as Entry[],
          path: node.layers === undefined ? ['defaults', 'layers'] : [...path, 'layers'],
        },
        overrides: [
          { entries: defaults?.override as Record<string, Entry> | undefined, path: ['defaults', 'override'] },
          { entries: node.override as Record<string, Entry> | undefined, path: [...path, 'override'] },
        ],
        apps: { entries: node.apps as Entry[] | undefined, path: [...path, 'apps'] },
        interfaces: planInterfaces(node, path, chooser, [...new Set(implied)]),
      },
      chooser,
    );
  });
  const links = planLinks(manifest, chooser, nodes, ends);
  return {
    name: value.name ?? 'lab',
    nodes,
    links,
    watchers: planWatchers(value.watch, chooser),
    validations: planValidations(value.validate ?? [], chooser, nodes),
  };
}

/** The endpoints of each link; an interface that is left out is the node's first. */
function readEndpoints(manifest: LabSource, chooser: Chooser): Endpoint[][] {
  const { nodes, links } = manifest.value.topology;
  return (links ?? []).map((link, i) =>
    link.endpoints.flatMap((text, j): Endpoint[] => {
      const [node, named] = text.split(':');
      const known = nodes[node];
      if (known !== undefined) return [{ node, interface: named ?? Object.keys(known.interfaces ?? {})[0] ?? 'eth0' }];
      const names = Object.keys(nodes);
      const values = { node, nearest: didYouMean(node, names), known: names.join(', ') };
      chooser.problems.add(fail('LAB_NODE_UNKNOWN', values, manifest.place(['topology', 'links', i, 'endpoints', j])));
      return [];
    }),
  );
}

function planLinks(
  manifest: LabSource,
  chooser: Chooser,
  nodes: readonly StackPlan[],
  ends: readonly Endpoint[][],
): LinkPlan[] {
  const joined = new Set<string>();
  const plans: LinkPlan[] = [];
  for (const [i, link] of (manifest.value.topology.links ?? []).entries()) {
    const path: ManifestPath = ['topology', 'links', i];
    for (const [j, end] of ends[i].entries()) checkEnd(end, [...path, 'endpoints', j], nodes, joined, chooser);
    const choice = chooser.choose(LINK, link as Entry, path, ['endpoints', 'as', 'down']);
    const name = link.as ?? ends[i].map((end) => `${end.node}:${end.interface}`).join(' - ');
    if (choice !== undefined) plans.push({ name, choice, endpoints: ends[i], down: link.down ?? [] });
  }
  for (const node of nodes) {
    for (const each of node.interfaces) {
      const endpoint = `${node.name}:${each.name}`;
      if (each.device !== undefined || joined.has(endpoint)) continue;
      chooser.problems.add(fail('LAB_INTERFACE_OPEN', { endpoint }, manifest.place(each.path)));
    }
  }
  return plans;
}

function checkEnd(
  end: Endpoint,
  path: ManifestPath,
  nodes: readonly StackPlan[],
  joined: Set<string>,
  chooser: Chooser,
): void {
  const endpoint = `${end.node}:${end.interface}`;
  const names = nodes.find((each) => each.name === end.node)?.interfaces.map((each) => each.name) ?? [];
  if (!names.includes(end.interface)) {
    const values = { ...end, nearest: didYouMean(end.interface, names), known: names.join(', ') || 'none' };
    chooser.problems.add(fail('LAB_INTERFACE_UNKNOWN', values, chooser.place(path)));
  } else if (joined.has(endpoint)) {
    chooser.problems.add(fail('LAB_INTERFACE_TAKEN', { endpoint }, chooser.place(path)));
  }
  joined.add(endpoint);
}
