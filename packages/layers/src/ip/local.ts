import {
  type Alarm,
  ChecksumState,
  type Cidr,
  type Device,
  type Host,
  MacAddress,
  NetworkInterface,
  NO_OFFLOAD,
  type Packet,
} from '@netwright/core';

/** Bytes, unless a stack says otherwise; a packet of it fits a small slot. */
export const LOCAL_MTU = 1500;

/** There is nothing behind it: what stays in the stack never gets to a device. */
const NOWHERE: Device = {
  name: 'local',
  mtu: 65535,
  address: MacAddress.zero,
  offload: NO_OFFLOAD,
  loopback: true,
  open() {},
  send(batch, count) {
    for (let i = 0; i < count; i++) batch[i].release();
  },
  close() {},
};

/**
 * Packets that the stack sends to itself. They are delivered in a turn of their own, as packets from a device are:
 * delivered within `send`, an answer would come before its question had been sent.
 */
export class LocalDelivery {
  /** Where the loopback network is when no interface of the stack has it. */
  readonly interface: NetworkInterface;
  private queue: Packet[] = [];
  private spare: Packet[] = [];
  private readonly alarm: Alarm;

  constructor(
    private readonly host: Host,
    /** 127.0.0.1/8 or ::1/128 */
    loopback: Cidr,
    private readonly deliver: (packet: Packet) => void,
    /** bytes: the largest packet */
    mtu = LOCAL_MTU,
  ) {
    this.interface = new NetworkInterface(host, 'local', NOWHERE, MacAddress.zero, mtu, -1);
    this.interface.addresses.push(loopback);
    this.alarm = host.clock.alarm(() => host.turn.run(() => this.flush()));
  }

  /** Takes a finished packet. */
  push(packet: Packet, via: NetworkInterface): void {
    packet.interface = via;
    if (packet.checksum === ChecksumState.Partial) packet.checksum = ChecksumState.Verified;
    this.queue.push(packet);
    if (this.queue.length === 1) this.alarm.set(this.host.clock.now());
  }

  /** Takes a copy of a packet for many that leaves by `via`: we may be among them. A loopback device brings it back by itself. */
  echo(packet: Packet, via: NetworkInterface): void {
    const copy = via.device.loopback === true ? null : packet.pool.copy(packet);
    if (copy !== null) this.push(copy, via);
  }

  /** Lets go of what was not delivered. */
  stop(): void {
    this.alarm.clear();
    for (const packet of this.queue) packet.release();
    this.queue.length = 0;
  }

  private flush(): void {
    const batch = this.queue;
    this.queue = this.spare;
    this.spare = batch;
    for (const packet of batch) this.deliver(packet);
    batch.length = 0;
  }
}
