import {
  byteSize,
  definePlugin,
  FRAME_FIELDS,
  type FrameFields,
  implementation,
  WATCHER,
  type WatcherFactory,
} from '@netwright/core';
import { z } from 'zod';
import { CaptureFile } from './capture-file.js';
import { frameFields } from './fields.js';
import { Invariants } from './invariants.js';
import { RECORDED } from './recorded.js';
import { Trace } from './trace.js';

const pcapngOptions = z.strictObject({
  file: z.string().min(1),
  record: z.enum(RECORDED).default('auto'),
  limit: byteSize().optional(),
});

/** `watch: [{ use: pcapng, file: run.pcapng }]` */
export const pcapng = implementation<WatcherFactory, z.output<typeof pcapngOptions>>({
  name: 'pcapng',
  token: WATCHER,
  summary: 'Writes frames to a pcapng file, each with the reason why it was sent.',
  options: pcapngOptions,
  provide: (options) => ({ value: ({ clock }) => new CaptureFile({ ...options, clock }) }),
});

const traceOptions = z.strictObject({
  only: z.enum(['all', 'handshake', 'lifecycle']).default('all'),
  absolute: z.boolean().default(false),
  verbose: z.boolean().default(false),
  record: z.enum(RECORDED).default('auto'),
});

/** `watch: [{ use: trace, only: handshake, verbose: true }]` */
export const trace = implementation<WatcherFactory, z.output<typeof traceOptions>>({
  name: 'trace',
  token: WATCHER,
  summary: 'Prints a line for each frame, as tcpdump would, and why it was sent.',
  options: traceOptions,
  provide: (options) => ({ value: (context) => new Trace({ ...options, print: (line) => context.print(line) }) }),
});

/** `watch: [invariants]` */
export const invariants = implementation<WatcherFactory>({
  name: 'invariants',
  token: WATCHER,
  summary: 'Holds every TCP connection to what must be true of its sequence numbers; a run that breaks it has failed.',
  provide: () => ({ value: () => new Invariants() }),
});

/** The fields that `validate:` expressions name. */
export const dissector = implementation<FrameFields>({
  name: 'dissector',
  token: FRAME_FIELDS,
  summary: "The fields of frames, under Wireshark's names.",
  provide: () => ({ value: (bytes) => frameFields(bytes) }),
});

/** Captures, traces, and the fields of frames. */
export const watchPlugin = definePlugin({
  name: 'watch',
  version: '0.1.0',
  summary: 'Captures frames in pcapng files, prints traces, names the fields of frames.',
  implementations: [pcapng, trace, invariants, dissector],
});
