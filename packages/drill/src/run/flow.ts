import type { OptionNumbers } from './options.js';

/** One connection of a script: its ports in the script and on the wire, and what its numbers are relative to. */
export class Flow {
  /** What a script's local sequence number lacks to the one on the wire; null until the stack's SYN was seen. */
  private offset: number | null = null;
  /** What the stack's timestamps were on the wire, by what the script calls them. */
  private readonly stamps = new Map<number, number>();
  /** Wire minus script for the first timestamp of the stack. */
  private stampOffset: number | null = null;
  /** The sequence number of the last SYN from outside. */
  remoteIsn: number | null = null;

  constructor(
    readonly localPort: number,
    readonly remotePort: number,
    /** Ports as the script writes them; null where it writes none. */
    readonly named: { readonly local: number; readonly remote: number } | null,
  ) {}

  /** The number of the stack's SYN on the wire. */
  localIsn: number | null = null;

  /** The stack's SYN has `wire` as its number, which the script calls `script`. */
  mapLocal(script: number, wire: number): void {
    this.localIsn = wire;
    this.offset = (wire - script) | 0;
  }

  get mapped(): boolean {
    return this.offset !== null;
  }

  /** A local number of the script on the wire, and back. */
  toWire(script: number): number {
    return (script + (this.offset ?? 0)) | 0;
  }

  toScript(wire: number): number {
    return (wire - (this.offset ?? 0)) >>> 0;
  }

  /** The stack sent timestamp `wire` where the script has `script`. */
  mapStamp(script: number, wire: number): void {
    this.stampOffset ??= (wire - script) | 0;
    this.stamps.set(script >>> 0, wire | 0);
  }

  /** What an injected segment echoes: exactly what was sent, where the script names something that was. */
  stampToWire(script: number): number {
    return this.stamps.get(script >>> 0) ?? (script + (this.stampOffset ?? 0)) | 0;
  }

  /** A timestamp of the stack counted from the script's first one. */
  stampToScript(wire: number): number {
    return (wire - (this.stampOffset ?? 0)) >>> 0;
  }

  /** For segments that the script injects: SACK and echoes speak of the stack's numbers. */
  readonly injected: OptionNumbers = {
    sack: (edge) => this.toWire(edge),
    tsVal: (value) => value,
    tsEcr: (value) => (value === 0 ? 0 : this.stampToWire(value)),
  };

  /** For segments that the stack sent: SACK and echoes speak of the script's own numbers. */
  readonly seen: OptionNumbers = {
    sack: (edge) => edge,
    tsVal: (value) => this.stampToScript(value),
    tsEcr: (value) => value,
  };
}
