import { nativeBinding, nativeParts } from './binding.js';
import { DatagramHandle } from './dgram/handle.js';
import { TcpHandle } from './handle/tcp.js';

type Write = (this: object, request: object, text: string, handle?: object) => number;

const KEPT = Symbol.for('netwright:kept');

/**
 * Sockets of a stack stay in its process: a message to a child process that is to bring one along fails with ENOTSUP.
 * The channel's native code would take the handle for one of its own, which ends the process.
 */
export function keepFromChannels(): void {
  const { Pipe } = nativeBinding<{ Pipe: { prototype: { writeUtf8String: Write & { [KEPT]?: true } } } }>('pipe_wrap');
  const write = Pipe.prototype.writeUtf8String;
  if (write[KEPT] === true) return;
  const { UV_ENOTSUP } = nativeParts().uv;
  const checked: Write = function (request, text, handle) {
    if (handle instanceof TcpHandle || handle instanceof DatagramHandle) return UV_ENOTSUP;
    return handle === undefined ? write.call(this, request, text) : write.call(this, request, text, handle);
  };
  Pipe.prototype.writeUtf8String = Object.assign(checked, { [KEPT]: true as const });
}
