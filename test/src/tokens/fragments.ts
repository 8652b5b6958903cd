import { IpAddress, MacAddress, plainChecksum } from '@netwright/core';
import {
  ARP_SIZE,
  ArpOperation,
  ETHERNET_SIZE,
  EtherType,
  IPV4_SIZE,
  Protocol,
  sealIpv4,
  UDP_HEADER,
  writeArp,
  writeEthernet,
  writeIpv4,
  writeUdpHeader,
} from '@netwright/layers';

const US = IpAddress.parse('10.0.0.1') as IpAddress;
const THEM = IpAddress.parse('10.0.0.2') as IpAddress;
const THEIR_MAC = MacAddress.parse('02:00:00:00:00:22') as MacAddress;

/** An ARP request by `who`, for the address of the stack under test. */
export function arpRequest(who: IpAddress = THEM): Uint8Array {
  const frame = new Uint8Array(ETHERNET_SIZE + ARP_SIZE);
  const view = new DataView(frame.buffer);
  writeEthernet(view, 0, { destination: MacAddress.broadcast, source: THEIR_MAC, type: EtherType.Arp });
  writeArp(view, ETHERNET_SIZE, {
    operation: ArpOperation.Request,
    senderMac: THEIR_MAC,
    senderIp: who,
    targetMac: MacAddress.zero,
    targetIp: US,
  });
  return frame;
}

/** A UDP datagram to port 7 in two fragments, which overlap in eight bytes: A in the first, B in the second. */
export function overlappingFragments(mac: MacAddress): Uint8Array[] {
  const datagram = new Uint8Array(32);
  // Without a checksum: it would decide which bytes are right.
  const header = { sourcePort: 9, destinationPort: 7, length: datagram.length, checksum: 0 };
  writeUdpHeader(new DataView(datagram.buffer), 0, header);
  const text = (from: string) => new TextEncoder().encode(from);
  datagram.set(text('AAAAAAAAAAAAAAAA'), UDP_HEADER);
  const first = fragment(mac, datagram.slice(0, 24), 0, true);
  datagram.set(text('BBBBBBBBCCCCCCCC'), UDP_HEADER + 8);
  return [first, fragment(mac, datagram.slice(16), 16, false)];
}

function fragment(mac: MacAddress, payload: Uint8Array, offset: number, more: boolean): Uint8Array {
  const frame = new Uint8Array(ETHERNET_SIZE + IPV4_SIZE + payload.length);
  const view = new DataView(frame.buffer);
  writeEthernet(view, 0, { destination: mac, source: THEIR_MAC, type: EtherType.Ipv4 });
  writeIpv4(view, ETHERNET_SIZE, {
    trafficClass: 0,
    totalLength: IPV4_SIZE + payload.length,
    identification: 77,
    dontFragment: false,
    moreFragments: more,
    fragmentOffset: offset,
    ttl: 64,
    protocol: Protocol.Udp,
    source: THEM,
    destination: US,
    options: new Uint8Array(0),
  });
  sealIpv4(view, ETHERNET_SIZE, plainChecksum(view));
  frame.set(payload, ETHERNET_SIZE + IPV4_SIZE);
  return frame;
}
