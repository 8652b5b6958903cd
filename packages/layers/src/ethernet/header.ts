import { type IpAddress, MacAddress } from '@netwright/core';

/**
 * Ethernet II (RFC 894) and one IEEE 802.1Q tag:
 *
 * | offset | bytes | field                                                    |
 * |--------|-------|----------------------------------------------------------|
 * | 0      | 6     | destination                                              |
 * | 6      | 6     | source                                                   |
 * | 12     | 2     | type; below 0x0600 it is an IEEE 802.3 length            |
 * | 12     | 2     | 0x8100 where a tag follows                               |
 * | 14     | 2     | priority (3 bits), drop eligible (1), VLAN id (12)       |
 * | 16     | 2     | type                                                     |
 */
export const ETHERNET = { destination: 0, source: 6, type: 12, tag: 14, taggedType: 16 } as const;

/** Bytes of the header without a tag. */
export const ETHERNET_SIZE = 14;
/** Bytes that an 802.1Q tag adds. */
export const TAG_SIZE = 4;

/** What a frame carries. */
export const EtherType = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  /** IEEE 802.1Q tag. */
  Vlan: 0x8100,
  /** IEEE 802.1ad outer tag ("QinQ"). */
  ServiceVlan: 0x88a8,
  Ipv6: 0x86dd,
} as const;

/** Below this the type field is the length of an IEEE 802.3 frame. */
export const FIRST_ETHERTYPE = 0x0600;

/** Bytes of LLC and SNAP in front of what an IEEE 802.3 frame carries (RFC 1042). */
export const SNAP_SIZE = 8;

/**
 * The EtherType of an IEEE 802.3 frame whose data begins at `at`: LLC AA AA 03, organization 00-00-00, then the type.
 * @returns undefined where it is something else
 */
export function readSnap(view: DataView, at: number, length: number): number | undefined {
  if (length < SNAP_SIZE || view.getUint32(at) !== 0xaaaa0300 || view.getUint16(at + 4) !== 0) return undefined;
  return view.getUint16(at + 6);
}

/** The fields of an 802.1Q tag. */
export interface VlanTag {
  /** 0..4094; 0 is a priority tag: the frame belongs to no VLAN. */
  readonly id: number;
  /** 0..7 */
  readonly priority: number;
  readonly dropEligible: boolean;
}

/** An Ethernet header as an object: for tests, traces and hooks. */
export interface EthernetHeader {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  readonly type: number;
  /** Left out where the frame is untagged. */
  readonly tag?: VlanTag;
}

/** Bytes that this header takes on the wire. */
export function ethernetSize(header: EthernetHeader): number {
  return header.tag === undefined ? ETHERNET_SIZE : ETHERNET_SIZE + TAG_SIZE;
}

/** Reads the header at `at`. @returns undefined when `length` bytes do not hold one. */
export function readEthernet(view: DataView, at: number, length: number): EthernetHeader | undefined {
  if (length < ETHERNET_SIZE) return undefined;
  const destination = MacAddress.read(view, at + ETHERNET.destination);
  const source = MacAddress.read(view, at + ETHERNET.source);
  const type = view.getUint16(at + ETHERNET.type);
  if (type !== EtherType.Vlan) return { destination, source, type };
  if (length < ETHERNET_SIZE + TAG_SIZE) return undefined;
  const control = view.getUint16(at + ETHERNET.tag);
  return {
    destination,
    source,
    type: view.getUint16(at + ETHERNET.taggedType),
    tag: { id: control & 0xfff, priority: control >>> 13, dropEligible: (control & 0x1000) !== 0 },
  };
}

/** Writes the header at `at`, where {@link ethernetSize} bytes are free. */
export function writeEthernet(view: DataView, at: number, header: EthernetHeader): void {
  header.destination.write(view, at + ETHERNET.destination);
  header.source.write(view, at + ETHERNET.source);
  const { tag } = header;
  if (tag === undefined) {
    view.setUint16(at + ETHERNET.type, header.type);
    return;
  }
  view.setUint16(at + ETHERNET.type, EtherType.Vlan);
  view.setUint16(at + ETHERNET.tag, (tag.priority << 13) | (tag.dropEligible ? 0x1000 : 0) | tag.id);
  view.setUint16(at + ETHERNET.taggedType, header.type);
}

/**
 * The hardware address of a multicast group: 01:00:5e and the lower 23 bits of an IPv4 address (RFC 1112 section 6.4),
 * 33:33 and the lower 32 bits of an IPv6 one (RFC 2464 section 7).
 */
export function multicastMac(group: IpAddress): MacAddress {
  if (group.version === 6) return MacAddress.of(0x3333, group.d);
  return MacAddress.of(0x0100, 0x5e000000 | (group.d & 0x7fffff));
}
