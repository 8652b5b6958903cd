import type { IpAddress } from '@netwright/core';
import type { DatagramSocket, Datagrams } from '../ip/datagrams.js';
import { type DnsMessage, type DnsQuestion, decodeMessage, encodeQuery } from './codec.js';
import { DnsConnections } from './connection.js';
import { answers } from './outcome.js';
import { DNS_QUERY } from './reasons.js';
import type { StreamConnector } from './stream.js';

/** A server of names. */
export interface NameServer {
  readonly address: IpAddress;
  readonly port: number;
}

/** One question put to one server once. `null` says that no answer will come. */
export type Answered = (message: DnsMessage | null) => void;

/** What can be given up. */
export interface Attempt {
  cancel(): void;
}

/**
 * Asks by datagram, from a port of its own chosen at random: who wants to forge the answer has to guess port and id
 * (RFC 5452 section 9.2). The socket is connected, so that only the server's address and port are heard.
 * @param ignored is called for each message that does not belong to the question, or is none.
 * @param source the address to ask from; left out: the one that fits the route.
 */
export function askByDatagram(
  udp: Datagrams,
  server: NameServer,
  question: DnsQuestion,
  id: number,
  payloadSize: number,
  ignored: (bytes: Uint8Array) => void,
  done: Answered,
  source?: IpAddress,
): Attempt {
  let socket: DatagramSocket | null = null;
  const cancel = () => {
    socket?.close();
    socket = null;
  };
  const finish = (message: DnsMessage | null) => {
    cancel();
    done(message);
  };
  try {
    socket = udp.open(source === undefined ? { reason: DNS_QUERY } : { reason: DNS_QUERY, address: source });
    socket.connect(server.port, server.address);
    socket.onError = (error) => {
      if (error.code === 'ECONNREFUSED') finish(null);
    };
    socket.onMessage = (data) => {
      const message = decodeMessage(data);
      if (message !== undefined && answers(message, id, question)) finish(message);
      else ignored(data);
    };
    if (socket.send(encodeQuery(id, question, payloadSize)) !== 'sent') finish(null);
  } catch {
    // No route, no free port: this server cannot be asked now.
    finish(null);
  }
  return { cancel };
}

/** Asks over a connection of its own, for answers that do not fit into a datagram (RFC 7766). */
export function askByStream(
  tcp: StreamConnector,
  server: NameServer,
  question: DnsQuestion,
  id: number,
  ignored: (bytes: Uint8Array) => void,
  done: Answered,
): Attempt {
  const alone = new DnsConnections({ idle: 0, timer: NO_TIMER });
  return alone.ask(tcp, server, question, id, ignored, done);
}

/** Nothing is kept, and so nothing is measured. */
function NO_TIMER(): never {
  throw new Error('no timer');
}
