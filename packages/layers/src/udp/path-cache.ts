import type { IpAddress } from '@netwright/core';
import type { NoPath, Path } from '../ip/network.js';

interface Known {
  readonly destination: IpAddress;
  /** What was asked for; the path names what was chosen. */
  readonly source: IpAddress | null;
  readonly path: Path;
}

/** The paths to the destinations a socket has sent to last. A server with thousands of peers keeps a few. */
export class PathCache {
  private readonly known: Known[] = [];
  private next = 0;
  private last: Known | null = null;

  /** @param limit how many are kept. @param find asks the network. */
  constructor(
    private readonly limit: number,
    private readonly find: (destination: IpAddress, source: IpAddress | null) => Path | NoPath,
  ) {}

  get(destination: IpAddress, source: IpAddress | null): Path | NoPath {
    if (this.last !== null && fits(this.last, destination, source)) return this.last.path;
    for (const each of this.known) {
      if (fits(each, destination, source)) {
        this.last = each;
        return each.path;
      }
    }
    const path = this.find(destination, source);
    if (typeof path === 'string') return path;
    this.last = { destination, source, path };
    this.known[this.next] = this.last;
    this.next = (this.next + 1) % this.limit;
    return path;
  }

  clear(): void {
    this.known.length = 0;
    this.next = 0;
    this.last = null;
  }
}

function fits(known: Known, destination: IpAddress, source: IpAddress | null): boolean {
  if (!known.destination.equals(destination)) return false;
  return source === null ? known.source === null : known.source?.equals(source) === true;
}
