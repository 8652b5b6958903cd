import { z } from 'zod';
import { cidr, duration, macAddress, moment } from './units.js';

/**
 * What manifests look like. Options of layers, devices, applications and so on are left open here: their plugins'
 * schemas say what they may be (`check.ts` applies them, `json-schema.ts` writes them out).
 */

/** What joins interfaces where a lab does not say. */
export const DEFAULT_LINK = 'cable';

const entry = (id: string, text: string) =>
  z
    .union([z.string().min(1), z.looseObject({ use: z.string().min(1) })], {
      error: 'expected a name, or { use: name, … } with options',
    })
    .meta({ id, description: text });

const overrides = z
  .record(
    z.string(),
    z.union([z.string().min(1), z.looseObject({ use: z.string().min(1) })], {
      error: 'expected the name of an implementation, or { use: name, … } with options',
    }),
  )
  .meta({ id: 'override', description: 'What stands behind a token: { tcp.isn: { use: isn.fixed, value: 5555 } }' });

const device = entry('device', 'A network card, real or not');
const layers = z.array(entry('layer', 'A protocol, with the options of its plugin')).min(1);
const plugins = z
  .array(entry('plugin', 'A path that starts with "./", the name of a package, or of a plugin that is built in'))
  .meta({ description: 'Plugins to load; listing one also applies what it overrides' });
const watch = z
  .array(entry('watch', 'Who sees every frame'))
  .meta({ description: 'Captures, traces and other watchers' });

const apps = z.array(
  z
    .union(
      [
        z.string().min(1),
        z.looseObject({
          use: z.string().min(1),
          /** Its name in reports and in `validate`; else that of `use`. */
          as: z.string().min(1).optional(),
          override: overrides.optional(),
        }),
      ],
      { error: 'expected a name, or { use: name, … } with options' },
    )
    .meta({ id: 'app', description: 'A program that runs on the stack; its `override` is for its sockets alone' }),
);

const addresses = z
  .union([cidr(), z.array(cidr())], { error: 'expected an address such as 10.0.0.1/24, or a list of them' })
  .transform((value) => (Array.isArray(value) ? value : [value]))
  .meta({ description: 'Network addresses with their prefixes' });

const mtu = z.int().min(68).max(65535).meta({ description: 'The largest network packet, in bytes' });

const attachment = {
  address: addresses.optional(),
  mac: macAddress().optional(),
  mtu: mtu.optional(),
};

const interfaces = z.record(z.string(), z.strictObject({ device: device.optional(), ...attachment }));

const pool = z
  .strictObject({ small: z.int().min(1).default(8192), large: z.int().min(0).default(64) })
  .meta({ description: 'Packet slots of 2 KiB and of 64 KiB' });

const seed = z.union([z.number(), z.string()], { error: 'expected a number or a text' });

/** One stack. */
export const stackSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).optional(),
  plugins: plugins.optional(),
  seed: seed.optional().meta({ description: 'Makes every draw repeatable; for tests, not for the open network' }),
  device: device.optional(),
  ...attachment,
  interfaces: interfaces.optional(),
  pool: pool.optional(),
  layers,
  override: overrides.optional(),
  apps: apps.optional(),
  watch: watch.optional(),
  elsewhere: z
    .enum(['nowhere', 'host'])
    .optional()
    .meta({ description: 'For Node programs over the stack: over what they reach addresses that it has no route to' }),
});

const node = z.strictObject({
  ...attachment,
  interfaces: interfaces.optional(),
  layers: layers.optional(),
  override: overrides.optional(),
  apps: apps.optional(),
});

const outages = z
  .array(z.strictObject({ at: duration(), for: duration() }))
  .meta({ id: 'down', description: 'When the link is cut, and for how long: [{ at: 2s, for: 500ms }]' });

const link = z
  .looseObject({
    endpoints: z.array(z.string().regex(/^[^:\s]+(:[^:\s]+)?$/, { error: 'expected node:interface' })).min(1),
    use: z.string().min(1).default(DEFAULT_LINK),
    as: z.string().min(1).optional(),
    down: outages.optional(),
  })
  .meta({ id: 'link', description: 'What joins interfaces: { endpoints: ["srv:eth0", "cli:eth0"], latency: 10ms }' });

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text, a number, true or false' });

const validation = z
  .strictObject({
    frame: z.string().optional().meta({ description: 'Which emitted frames: tcp.flags == SA && tcp.srcport == 7777' }),
    app: z.string().optional().meta({ description: 'Whose report: node/application' }),
    expect: z.record(z.string(), scalar).optional(),
    count: z.int().min(0).optional().meta({ description: 'How many frames; at least one where it is left out' }),
  })
  .meta({ id: 'validation' });

/** Several stacks, and the links between them. */
export const labSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).optional(),
  plugins: plugins.optional(),
  sim: z
    .strictObject({
      seed: seed.default(1),
      stop_time: duration().default(3_600_000),
      epoch: moment().default(1_767_225_600_000),
    })
    .optional()
    .meta({ description: 'Virtual time and seeded chance; left out, the lab runs in real time' }),
  defaults: z.strictObject({ layers: layers.optional(), override: overrides.optional() }).optional(),
  pool: pool.optional(),
  topology: z.strictObject({
    nodes: z
      .record(z.string().regex(/^[^:/\s]+$/), node)
      .refine((nodes) => Object.keys(nodes).length > 0, { error: 'expected at least one node' }),
    links: z.array(link).optional(),
  }),
  watch: watch.optional(),
  validate: z.array(validation).optional(),
});

/** A stack's manifest as a program writes it. */
export type StackManifest = z.input<typeof stackSchema>;
/** A lab's manifest as a program writes it. */
export type LabManifest = z.input<typeof labSchema>;
/** The same, checked, with addresses read and quantities in numbers. */
export type CheckedStack = z.output<typeof stackSchema>;
export type CheckedLab = z.output<typeof labSchema>;
/** A name alone, or a name with options. */
export type Entry = string | { readonly use: string; readonly [option: string]: unknown };

/** The name and the options of an entry; `reserved` keys are no options. */
export function splitEntry(
  entry: Entry,
  reserved: readonly string[] = [],
): { use: string; options: Record<string, unknown> } {
  if (typeof entry === 'string') return { use: entry, options: {} };
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entry)) {
    if (key !== 'use' && !reserved.includes(key)) options[key] = value;
  }
  return { use: entry.use, options };
}
