/** What is used of optional dependencies that bring no types. */
declare module 'iptables' {
  export function newRule(rule: { action: string; chain: string; target: string }): void;
}

declare module 'cap' {
  class Cap {
    /** @returns the link type: 'ETHERNET'. @throws Error with libpcap's words. */
    open(device: string, filter: string, bufferSize: number, buffer: Uint8Array): string;
    send(frame: Uint8Array, length: number): void;
    close(): boolean;
    on(event: 'packet', listener: (length: number, truncated: boolean) => void): this;
  }
  const addon: { Cap: typeof Cap };
  export = addon;
}

declare module 'ws' {
  export const WebSocket: import('./device/stream-websocket.js').FrameSocketClass;
}
