import { type AnyPlugin, definePlugin, duration } from '@netwright/core';
import { z } from 'zod';
import type { Connection, Towards } from './connection.js';
import { type Cue, ManInTheMiddle, MIDDLE_OPTIONS } from './layer.js';
import { Substitutions } from './rewriter.js';

const towards = z
  .enum(['server', 'client'])
  .describe('whom the bytes are for; the client is who opened the connection');
const port = z.number().int().min(1).max(65535).optional().describe('the server’s port; any unless said otherwise');
const put = z.string().describe('what is put there');

const replacement = z.strictObject({
  towards,
  port,
  find: z.string().min(1).describe('what is sought, wherever segments were cut'),
  put,
  times: z.number().int().min(1).optional().describe('how often at most in one connection'),
});

const cue = z.strictObject({ towards, port, at: duration().describe('when, from the start'), put: put.min(1) });

const middleOptions = z.strictObject({
  replace: z.array(replacement).default([]),
  inject: z.array(cue).default([]),
  patience: duration().optional().describe('how long bytes wait that may be the beginning of what is sought'),
  connections: z.number().int().min(1).optional().describe('how many are followed at once'),
});

type MiddleManifest = z.output<typeof middleOptions>;

/** `layers: [{ use: man-in-the-middle, replace: [{ towards: server, port: 80, find: alice, put: mallory }] }]` */
export const middlePlugin: AnyPlugin = definePlugin<MiddleManifest>({
  name: 'man-in-the-middle',
  version: '0.1.0',
  summary: 'Stands between two links and rewrites TCP connections while they run.',
  options: middleOptions,
  layers: [ManInTheMiddle],
  bind: ({ bind, options }) => {
    const { patience, connections, replace, inject } = options;
    const cues: Cue[] = inject.map((each) => ({ ...each, put: encode(each.put) }));
    const onConnection = (connection: Connection) => {
      for (const each of ['server', 'client'] as const) substitute(connection, each, replace);
    };
    bind(MIDDLE_OPTIONS).toConstantValue({ patience, connections, cues, onConnection });
  },
});

function substitute(connection: Connection, towards: Towards, replace: MiddleManifest['replace']): void {
  const list = replace.filter(
    (each) => each.towards === towards && (each.port === undefined || each.port === connection.port),
  );
  if (list.length === 0) return;
  const substitutions = list.map(({ find, put, times = Number.POSITIVE_INFINITY }) => ({
    find: encode(find),
    put: encode(put),
    times,
  }));
  connection.rewrite(towards, new Substitutions(substitutions));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
