/** The part of dns-packet that codec.ts uses. */
declare module 'dns-packet' {
  interface WireRecord {
    name: string;
    type: string;
    class?: string;
    ttl?: number;
    data?: unknown;
    udpPayloadSize?: number;
    ednsVersion?: number;
    extendedRcode?: number;
  }
  interface WireMessage {
    id?: number;
    type?: 'query' | 'response';
    flags?: number;
    opcode?: string;
    rcode?: string;
    flag_tc?: boolean;
    questions?: { name: string; type: string; class?: string }[];
    answers?: WireRecord[];
    authorities?: WireRecord[];
    additionals?: WireRecord[];
  }
  const dnsPacket: {
    name: { encode(text: string): Uint8Array };
    encode(message: WireMessage): Uint8Array;
    decode(bytes: Uint8Array): Required<WireMessage>;
  };
  // biome-ignore lint/style/noDefaultExport: that is how a CommonJS module comes in.
  export default dnsPacket;
}
