import { IpAddress, MacAddress } from '@netwright/core';

/**
 * ARP for IPv4 over Ethernet (RFC 826):
 *
 * | offset | bytes | field                                     |
 * |--------|-------|-------------------------------------------|
 * | 0      | 2     | hardware type: 1, Ethernet                |
 * | 2      | 2     | protocol type: 0x0800, IPv4               |
 * | 4      | 1     | bytes of a hardware address: 6            |
 * | 5      | 1     | bytes of a protocol address: 4            |
 * | 6      | 2     | operation                                 |
 * | 8      | 6     | sender's hardware address                 |
 * | 14     | 4     | sender's protocol address                 |
 * | 18     | 6     | target's hardware address                 |
 * | 24     | 4     | target's protocol address                 |
 */
export const ARP = {
  hardwareType: 0,
  protocolType: 2,
  sizes: 4,
  operation: 6,
  senderMac: 8,
  senderIp: 14,
  targetMac: 18,
  targetIp: 24,
} as const;

/** Bytes of a packet. */
export const ARP_SIZE = 28;

/** What a packet is. */
export const ArpOperation = { Request: 1, Reply: 2 } as const;

/** An ARP packet as an object: for tests, traces and hooks. */
export interface ArpHeader {
  readonly operation: number;
  readonly senderMac: MacAddress;
  readonly senderIp: IpAddress;
  /** Zero in requests. */
  readonly targetMac: MacAddress;
  readonly targetIp: IpAddress;
}

/** Whether `length` bytes at `at` are ARP for IPv4 over Ethernet; padding behind is expected. */
export function isArp(view: DataView, at: number, length: number): boolean {
  return (
    length >= ARP_SIZE &&
    view.getUint32(at) === 0x00010800 &&
    view.getUint16(at + ARP.sizes) === 0x0604 &&
    // The sender must be a station: a group address would send our packets to everybody.
    (view.getUint8(at + ARP.senderMac) & 1) === 0
  );
}

/** Reads the packet at `at`. @returns undefined when it is not ARP for IPv4 over Ethernet. */
export function readArp(view: DataView, at: number, length: number): ArpHeader | undefined {
  if (!isArp(view, at, length)) return undefined;
  return {
    operation: view.getUint16(at + ARP.operation),
    senderMac: MacAddress.read(view, at + ARP.senderMac),
    senderIp: IpAddress.read(view, at + ARP.senderIp, 4),
    targetMac: MacAddress.read(view, at + ARP.targetMac),
    targetIp: IpAddress.read(view, at + ARP.targetIp, 4),
  };
}

/** Writes the packet at `at`, where {@link ARP_SIZE} bytes are free. */
export function writeArp(view: DataView, at: number, header: ArpHeader): void {
  view.setUint32(at, 0x00010800);
  view.setUint16(at + ARP.sizes, 0x0604);
  view.setUint16(at + ARP.operation, header.operation);
  header.senderMac.write(view, at + ARP.senderMac);
  header.senderIp.write(view, at + ARP.senderIp);
  header.targetMac.write(view, at + ARP.targetMac);
  header.targetIp.write(view, at + ARP.targetIp);
}
