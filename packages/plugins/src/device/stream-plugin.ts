import { DEVICE, type DeviceFactory, definePlugin, type Host, implementation } from '@netwright/core';
import { z } from 'zod';
import { fail } from '../errors.js';
import { type FrameStreams, LARGEST_FRAME, type StreamCounters, StreamDevice } from './stream.js';
import { type HostPort, QemuLine } from './stream-tcp.js';
import { type FrameSocketClass, webSocketFrames } from './stream-websocket.js';

const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, 'write host:port, "127.0.0.1:10001"')
  .describe('host:port of a TCP connection that carries QEMU’s socket framing');

/** What a manifest may say of a stream: one of `websocket`, `connect` and `listen`. */
export const streamOptions = z
  .strictObject({
    websocket: z
      .string()
      .regex(/^wss?:\/\//, 'write ws://… or wss://…')
      .optional(),
    connect: hostPort.optional(),
    listen: hostPort.optional(),
    mtu: z.number().int().min(68).max(65535).optional(),
    queue: z.number().int().min(1).optional(),
    largest: z.number().int().min(64).max(LARGEST_FRAME).optional(),
  })
  .refine(({ websocket, connect, listen }) => [websocket, connect, listen].filter(Boolean).length === 1, {
    message: 'give one of websocket, connect and listen',
    path: ['websocket'],
  });

type StreamOptions = z.output<typeof streamOptions>;

/** `device: { use: stream, listen: 127.0.0.1:10001 }` */
export const stream = implementation<DeviceFactory, StreamOptions>({
  name: 'stream',
  token: DEVICE,
  summary: 'Ethernet frames over a WebSocket, or over TCP in the socket framing of QEMU.',
  options: streamOptions,
  provide: (options) => ({
    value: (host) => {
      const device = StreamDevice.opening((counters) => line(options, host, counters), {
        name: `stream ${options.websocket ?? options.connect ?? options.listen}`,
        mtu: options.mtu,
        queue: options.queue,
        clock: host.clock,
        failed: (error) => host.logger.warn('the stream of a device has failed', { error }),
      });
      host.counters.set('stream', device.counters);
      return device;
    },
  }),
});

async function line(options: StreamOptions, host: Host, counters: StreamCounters): Promise<FrameStreams> {
  const { websocket, connect, listen, largest } = options;
  if (websocket !== undefined) {
    return webSocketFrames(new (await webSocketClass())(websocket), { clock: host.clock, counters });
  }
  const refused = (error: unknown) => host.logger.warn('a peer of a stream device was hung up on', { error });
  if (connect !== undefined) return QemuLine.connect(hostPortOf(connect), { largest, counters, refused });
  return QemuLine.listen(hostPortOf(listen as string), { largest, counters, refused });
}

/** '[::1]:80' or 'host:80'. */
function hostPortOf(text: string): HostPort {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) };
}

/** The platform's WebSocket, from Node 22 on; before, that of the optional package ws. @throws STREAM_NO_WEBSOCKET */
async function webSocketClass(): Promise<FrameSocketClass> {
  const platform = (globalThis as { WebSocket?: FrameSocketClass }).WebSocket;
  if (platform !== undefined) return platform;
  try {
    return (await import('ws')).WebSocket;
  } catch (error) {
    throw fail('STREAM_NO_WEBSOCKET', {}, undefined, error);
  }
}

/** Frames from elsewhere: virtual machines, pages, other processes. */
export const streamPlugin = definePlugin({
  name: 'stream',
  version: '0.1.0',
  summary: 'A device over a WebSocket, or over TCP in the socket framing of QEMU.',
  implementations: [stream],
});
