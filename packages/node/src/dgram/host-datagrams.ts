import { IpAddress } from '@netwright/core';
import type { UdpOrigin } from '@netwright/layers';
import { type NativeUdp, nativeParts } from '../binding.js';
import type { SocketName, Version } from '../family.js';

/**
 * Datagrams of one socket to addresses that the stack does not reach, over the host's own network (`elsewhere: host`), and
 * their answers. The host chooses the port that they come from. They do not keep the process running; the handle does.
 */
export class HostDatagrams {
  private handle: NativeUdp | null = null;

  constructor(private readonly received: (data: Uint8Array, from: UdpOrigin) => void) {}

  /** @returns 0, or UV's number. */
  send(version: Version, data: Uint8Array, to: IpAddress, port: number): number {
    this.handle ??= this.open(version, to);
    const request = new (nativeParts().SendWrap)();
    const list = [Buffer.from(data)];
    const status =
      version === 4
        ? this.handle.send(request, list, 1, port, String(to), false)
        : this.handle.send6(request, list, 1, port, String(to), false);
    return Math.min(0, status);
  }

  private open(version: Version, to: IpAddress): NativeUdp {
    const handle = new (nativeParts().NativeUdp)();
    handle.unref();
    handle.onmessage = (_size: number, _handle: object, data?: Buffer, from: SocketName = {}) => {
      const address = IpAddress.parse(from.address ?? '');
      if (data !== undefined && address !== undefined) this.received(data, { address, port: from.port ?? 0, to });
    };
    if (version === 4) handle.bind('0.0.0.0', 0, 0);
    else handle.bind6('::', 0, 0);
    handle.recvStart();
    return handle;
  }

  close(): void {
    this.handle?.close();
    this.handle = null;
  }
}
