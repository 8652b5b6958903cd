import type { IpAddress, Layer } from '@netwright/core';

/** A connection, as far as a resolver uses one. */
export interface Stream {
  /** Queues bytes, also before it is established. @returns how many were taken. */
  write(bytes: Uint8Array): number;
  /** Ends it at once, and forgets it. */
  abort(): void;
  /** Ends it in good order. */
  close?(): void;
}

/** What a resolver wants to hear of a connection. */
export interface StreamHandler {
  data(bytes: Uint8Array): void;
  /** The other end has finished sending. */
  end?(): void;
  /** It is over, or has never come about. */
  closed(): void;
}

/** A layer that makes connections; the tcp layer is it. */
export interface StreamConnector extends Layer {
  /** @throws coded errors: no route, no port. */
  connect(options: { address: IpAddress; port: number; handler: StreamHandler }): Stream;
}

/** Whether a layer makes connections. */
export function carriesStreams(layer: Layer): layer is StreamConnector {
  return layer.name === 'tcp' && 'connect' in layer;
}

/** A connection that was accepted. */
export interface AcceptedStream extends Stream {
  /** Ends it in good order, when what was written has been sent. */
  close(): void;
}

/** A layer that accepts connections; the tcp layer is it. */
export interface StreamListener extends Layer {
  /** @throws coded errors: the port is in use. */
  listen(options: {
    port: number;
    /** How many may be open at a time. */
    limit: number;
    onConnection(stream: AcceptedStream): { data(bytes: Uint8Array): void; end(): void; closed(): void };
  }): { close(): void };
}

/** Whether a layer accepts connections. */
export function acceptsStreams(layer: Layer): layer is StreamListener {
  return layer.name === 'tcp' && 'listen' in layer;
}

/** A message with its length in front (RFC 1035 section 4.2.2), in one piece (RFC 7766 section 8). */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(message.length + 2);
  bytes[0] = message.length >> 8;
  bytes[1] = message.length & 0xff;
  bytes.set(message, 2);
  return bytes;
}

/** Puts messages together from a stream that may cut them anywhere. */
export class Deframer {
  private held = new Uint8Array(0);

  /** Takes the next bytes and gives the messages that are whole. */
  push(bytes: Uint8Array): Uint8Array[] {
    const all = new Uint8Array(this.held.length + bytes.length);
    all.set(this.held);
    all.set(bytes, this.held.length);
    const messages: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= 2) {
      const length = (all[at] << 8) | all[at + 1];
      if (all.length - at - 2 < length) break;
      messages.push(all.slice(at + 2, at + 2 + length));
      at += 2 + length;
    }
    this.held = all.slice(at);
    return messages;
  }
}
