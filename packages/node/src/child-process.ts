import { nativeBinding, nativeParts } from './binding.js';
import { DatagramHandle } from './dgram/handle.js';
import { TcpHandle } from './handle/tcp.js';

type Write = (this: object, request: object, text: string, handle?: unknown) => number;

/** What a child is started with, as far as handles are in it. */
interface SpawnOptions {
  readonly stdio?: readonly { readonly handle?: unknown }[];
}

type Spawn = (this: object, options: SpawnOptions) => number;

const KEPT = Symbol.for('netwright:kept');

/**
 * Sockets of a stack stay in its process: a message that is to bring one to a child process, and a child that is to have
 * one as its input or output, fail with ENOTSUP. Native code would take the handle for one of its own, which ends the process.
 */
export function keepFromChildren(): void {
  const { Pipe } = nativeBinding<{ Pipe: { prototype: { writeUtf8String: Write; [KEPT]?: true } } }>('pipe_wrap');
  const { Process } = nativeBinding<{ Process: { prototype: { spawn: Spawn } } }>('process_wrap');
  if (Pipe.prototype[KEPT] === true) return;
  Pipe.prototype[KEPT] = true;
  const { UV_ENOTSUP } = nativeParts().uv;
  const [write, spawn] = [Pipe.prototype.writeUtf8String, Process.prototype.spawn];
  Pipe.prototype.writeUtf8String = function (request, text, handle) {
    if (isOurs(handle)) return UV_ENOTSUP;
    return handle === undefined ? write.call(this, request, text) : write.call(this, request, text, handle);
  };
  Process.prototype.spawn = function (options) {
    return options.stdio?.some(({ handle }) => isOurs(handle)) ? UV_ENOTSUP : spawn.call(this, options);
  };
}

function isOurs(handle: unknown): boolean {
  return handle instanceof TcpHandle || handle instanceof DatagramHandle;
}
