import type { Lab } from '../lab/lab.js';
import { declarationOf, type LayerBinding } from '../layer.js';
import type { PlannedOverride } from '../manifest/choice.js';
import { tokenName, tokenPage } from '../token.js';
import type { BuiltStack } from './build.js';

/** What stands behind a token of a stack. */
export interface TokenDescription {
  readonly token: string;
  readonly scope: 'stack' | 'socket';
  readonly contract: string;
  /** What stands there when nothing is overridden. */
  readonly fallback: string;
  /** The plugin that bound the default, or 'core'. */
  readonly boundBy: string;
  /** Who overrode it, with the place in the manifest; null where the default stands. */
  readonly overriddenBy: string | null;
}

export interface AppDescription {
  readonly name: string;
  readonly use: string;
  readonly plugin: string;
  /** Overrides for its sockets alone. */
  readonly overrides: readonly { readonly token: string; readonly by: string }[];
}

/** What a stack is made of: plain data. */
export interface StackDescription {
  readonly kind: 'stack';
  readonly name: string;
  readonly interfaces: readonly {
    readonly name: string;
    readonly device: string;
    readonly mac: string;
    readonly mtu: number;
    readonly addresses: readonly string[];
  }[];
  /** The lowest first. */
  readonly layers: readonly {
    readonly name: string;
    readonly class: string;
    readonly plugin: string;
    /** The layers that it is registered on. */
    readonly over: readonly LayerBinding[];
  }[];
  readonly tokens: readonly TokenDescription[];
  readonly apps: readonly AppDescription[];
}

/** What a lab is made of: plain data. */
export interface LabDescription {
  readonly kind: 'lab';
  readonly name: string;
  readonly virtual: boolean;
  readonly nodes: readonly StackDescription[];
  readonly links: readonly { readonly name: string; readonly use: string; readonly endpoints: readonly string[] }[];
}

/** Describes a stack: layers, tokens, who bound them, and what was overridden where. */
export function describeStack(stack: BuiltStack): StackDescription {
  const { plan, bindings, host } = stack;
  const names = new Set(plan.layers.map((each) => each.name));
  const by = new Map(bindings.overrides.map((each) => [each.token, each.by]));
  // A token that only an override binds belongs to a layer that is not here.
  const bound = new Map([...by.keys()].map((token) => [token, 'nobody']));
  for (const [token, who] of bindings.boundBy) bound.set(token, who);
  const tokens = [...bound].flatMap(([token, boundBy]): TokenDescription[] => {
    const page = tokenPage(tokenName(token));
    if (page === undefined) return [];
    const { name, scope, contract, fallback } = page;
    return [{ token: name, scope, contract, fallback, boundBy, overriddenBy: by.get(token) ?? null }];
  });
  return {
    kind: 'stack',
    name: stack.name,
    interfaces: host.interfaces.map((each) => ({
      name: each.name,
      device: each.device.name,
      mac: String(each.mac),
      mtu: each.mtu,
      addresses: each.addresses.map(String),
    })),
    layers: plan.layers.map(({ name, layerClass, plugin }) => ({
      name,
      class: layerClass.name,
      plugin: plugin.name,
      over: declarationOf(layerClass).over.filter((each) => names.has(each.layer)),
    })),
    tokens: tokens.sort((a, b) => (a.token < b.token ? -1 : 1)),
    apps: plan.apps.map(({ name, choice, overrides }) => ({
      name,
      use: choice.use,
      plugin: choice.plugin.name,
      overrides: overrides.map(described),
    })),
  };
}

/** Describes a lab: its nodes, and what joins them. */
export function describeLab(lab: Lab): LabDescription {
  return {
    kind: 'lab',
    name: lab.name,
    virtual: lab.virtual,
    nodes: [...lab.nodes.values()].map(describeStack),
    links: lab.plan.links.map(({ name, choice, endpoints }) => ({
      name,
      use: choice.use,
      endpoints: endpoints.map((each) => `${each.node}:${each.interface}`),
    })),
  };
}

function described({ token, by }: PlannedOverride): { token: string; by: string } {
  return { token: tokenName(token), by };
}

/** The tree that `netwright graph` prints. */
export function formatTree(description: StackDescription | LabDescription): string {
  if (description.kind === 'stack') return stackTree(description, '').join('\n');
  const { name, virtual, nodes, links } = description;
  const lines = [`lab ${name} (${virtual ? 'virtual time' : 'real time'})`];
  for (const each of links) lines.push(`  link ${each.name} (${each.use}): ${each.endpoints.join(', ')}`);
  for (const each of nodes) lines.push(...stackTree(each, '  '));
  return lines.join('\n');
}

function stackTree(stack: StackDescription, indent: string): string[] {
  const lines = [`${indent}stack ${stack.name}`];
  const line = (depth: number, text: string) => lines.push(`${indent}${'  '.repeat(depth)}${text}`);
  for (const { name, device, mac, mtu, addresses } of stack.interfaces) {
    line(1, `interface ${name}: ${device}, ${mac}, mtu ${mtu}${addresses.map((each) => `, ${each}`).join('')}`);
  }
  // A layer over several others is shown under the first; the rest are named beside it.
  const branch = (under: string | null, depth: number) => {
    for (const { name, plugin, over } of stack.layers) {
      if ((over[0]?.layer ?? null) !== under) continue;
      const keys = over.map(({ layer, key }) => (key === undefined ? layer : `${layer} ${key}`));
      line(depth, `${name}${keys.length === 0 ? '' : ` over ${keys.join(', ')}`} (plugin ${plugin})`);
      branch(name, depth + 1);
    }
  };
  branch(null, 1);
  for (const { name, use, plugin, overrides } of stack.apps) {
    line(1, `app ${name}: ${use} (plugin ${plugin})`);
    for (const { token, by } of overrides) line(2, `${token} <- ${by}`);
  }
  line(1, 'tokens');
  for (const { token, scope, fallback, boundBy, overriddenBy } of stack.tokens) {
    line(2, `${token} [${scope}] ${overriddenBy === null ? `${fallback} (${boundBy})` : `<- ${overriddenBy}`}`);
  }
  return lines;
}

/** A mermaid flowchart: layers over layers, and links between nodes. */
export function formatMermaid(description: StackDescription | LabDescription): string {
  const lines = ['flowchart BT'];
  if (description.kind === 'stack') lines.push(...stackChart(description, '  '));
  else {
    for (const node of description.nodes) {
      lines.push(`  subgraph ${id(node.name)}["${node.name}"]`, ...stackChart(node, '    '), '  end');
    }
    for (const { name, use, endpoints } of description.links) {
      lines.push(`  ${id('link', name)}{{"${use}"}}`);
      for (const each of endpoints) lines.push(`  ${id('link', name)} --- ${id(...each.split(':'))}`);
    }
  }
  return lines.join('\n');
}

function stackChart(stack: StackDescription, indent: string): string[] {
  const lines: string[] = [];
  const at = (...names: string[]) => id(stack.name, ...names);
  for (const { name, addresses } of stack.interfaces) {
    lines.push(`${at(name)}[/"${[name, ...addresses].join(' ')}"/]`);
  }
  for (const { name, over } of stack.layers) {
    lines.push(`${at('layer', name)}["${name}"]`);
    for (const { layer, key } of over) {
      lines.push(`${at('layer', layer)} -->${key === undefined ? '' : `|${key}|`} ${at('layer', name)}`);
    }
    if (over.length > 0) continue;
    for (const each of stack.interfaces) lines.push(`${at(each.name)} --> ${at('layer', name)}`);
  }
  for (const { name, overrides } of stack.apps) {
    const label = [name, ...overrides.map(({ token, by }) => `${token}: ${by}`)].join('<br>');
    lines.push(`${at('app', name)}(["${label}"])`);
  }
  return lines.map((each) => indent + each);
}

function id(...names: string[]): string {
  return names.map((each) => each.replace(/\W/g, '_')).join('__');
}
