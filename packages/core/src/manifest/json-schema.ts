import { z } from 'zod';
import { APPLICATION, DEVICE, LINK, WATCHER } from '../lab.js';
import { declarationOf } from '../layer.js';
import type { AnyPlugin, Implementation } from '../plugin.js';
import { Catalogue } from '../stack/catalogue.js';
import { type AnyToken, allTokenPages, token } from '../token.js';
import { DEFAULT_LINK, labSchema, stackSchema } from './schema.js';

/** A JSON Schema, or a part of one. */
export type JsonSchema = { [key: string]: unknown };

/** A name that may be chosen, with its options. */
interface Named {
  readonly name: string;
  readonly summary?: string;
  readonly options?: z.ZodType;
}

/**
 * The JSON Schema of manifests, with all that these plugins offer: layers, implementations per token, devices, links,
 * applications, watchers, each with its options. Editors complete and check manifests with it.
 */
export function manifestJsonSchema(plugins: readonly AnyPlugin[]): JsonSchema {
  const catalogue = new Catalogue(plugins);
  const stack = z.toJSONSchema(stackSchema, { io: 'input' }) as JsonSchema;
  const lab = z.toJSONSchema(labSchema, { io: 'input' }) as JsonSchema;
  const $defs = { ...(stack['$defs'] as JsonSchema), ...(lab['$defs'] as JsonSchema) };
  for (const each of [stack, lab]) {
    delete each['$defs'];
    delete each['$schema'];
  }
  // Definitions that the options of plugins refer to.
  const shared: JsonSchema = {};
  const choice = (named: readonly Named[], more: JsonSchema = {}) => choiceOf(named, more, shared);
  const offered = (kind: AnyToken) => catalogue.implementations(kind).map(fromImplementation);
  const layers = plugins.flatMap((plugin) =>
    (plugin.layers ?? []).map((each): Named => {
      return { name: declarationOf(each).name, summary: plugin.summary, options: plugin.options };
    }),
  );
  const override: JsonSchema = { $ref: '#/$defs/override' };
  const as: JsonSchema = { type: 'string', description: 'Its name in reports and in `validate`' };
  const name: JsonSchema = { type: 'string', description: 'A path that starts with "./", or the name of a package' };
  const link = $defs['link'] as { properties: JsonSchema };
  const { endpoints, down } = link.properties;
  const definitions = {
    layer: choice(layers),
    device: choice(offered(DEVICE)),
    watch: choice(offered(WATCHER)),
    app: choice(offered(APPLICATION), { as, override }),
    link: { anyOf: offered(LINK).map((each) => withOptions(each, { endpoints, as, down }, shared)) },
    plugin: {
      anyOf: [name, { type: 'object', properties: { use: name }, required: ['use'] }],
    },
    override: {
      type: 'object',
      description: 'What stands behind a token from now on',
      properties: Object.fromEntries(
        allTokenPages().map((page) => {
          const description = `${page.changes} (${page.contract}; default: ${page.fallback})`;
          return [page.name, { description, ...choice(offered(token(page.name))) }];
        }),
      ),
      // Tokens and choices of plugins that this schema does not know.
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'object', properties: { use: { type: 'string' } }, required: ['use'] }],
      },
    },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A Netwright manifest: one stack, or a lab of several',
    if: { type: 'object', required: ['topology'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: lab,
    else: stack,
    $defs: {
      ...$defs,
      ...definitions,
      ...shared,
    },
  };
}

function fromImplementation({ name, summary, options }: Implementation): Named {
  return { name, summary, options };
}

/** One of several: a name alone, or with its options. What other plugins may bring is let through. */
function choiceOf(named: readonly Named[], more: JsonSchema, shared: JsonSchema): JsonSchema {
  // JSON Schema allows no empty enum.
  const other: JsonSchema = { type: 'string' };
  if (named.length > 0) other['not'] = { enum: named.map((each) => each.name) };
  return {
    anyOf: [
      ...named.map(({ name, summary }) => ({ const: name, description: summary })),
      other,
      ...named.map((each) => withOptions(each, more, shared)),
      { type: 'object', properties: { use: other }, required: ['use'] },
    ],
  };
}

/** `{ use: name, …options }`; a link of the kind that is the default needs no `use`. */
function withOptions({ name, summary, options }: Named, more: JsonSchema, shared: JsonSchema): JsonSchema {
  const own = (
    options === undefined ? {} : z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' })
  ) as JsonSchema;
  Object.assign(shared, own['$defs']);
  const needed = (own['required'] as string[] | undefined) ?? [];
  const isLink = 'endpoints' in more;
  const use = isLink && name === DEFAULT_LINK ? [] : ['use'];
  return {
    type: 'object',
    description: summary,
    properties: { use: { const: name }, ...more, ...(own['properties'] as JsonSchema | undefined) },
    required: [...use, ...(isLink ? ['endpoints'] : []), ...needed],
    additionalProperties: false,
  };
}
