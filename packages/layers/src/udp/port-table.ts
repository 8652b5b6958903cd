/** Something that can stand in the table; the table owns `nextOnPort`. */
export interface PortHolder<H> {
  readonly localPort: number;
  nextOnPort: H | null;
}

const PAGE_BITS = 8;
const PAGE = 1 << PAGE_BITS;

/**
 * Who has which port: 256 pages of 256 ports, each page made when it is first needed. Finding the holders of a port
 * is two array reads; those that share one are a list, the last to come first.
 */
export class PortTable<H extends PortHolder<H>> {
  /** How many holders there are. */
  size = 0;
  private readonly pages: ((H | null)[] | null)[] = new Array(0x10000 >> PAGE_BITS).fill(null);

  /** The first holder of `port`; the others follow by `nextOnPort`. */
  first(port: number): H | null {
    const page = this.pages[port >> PAGE_BITS];
    return page === null ? null : page[port & (PAGE - 1)];
  }

  add(holder: H): void {
    const page = this.page(holder.localPort);
    const slot = holder.localPort & (PAGE - 1);
    holder.nextOnPort = page[slot];
    page[slot] = holder;
    this.size++;
  }

  /** @returns whether it was there. */
  remove(holder: H): boolean {
    const page = this.page(holder.localPort);
    const slot = holder.localPort & (PAGE - 1);
    let before: H | null = null;
    for (let each = page[slot]; each !== null; before = each, each = each.nextOnPort) {
      if (each !== holder) continue;
      if (before === null) page[slot] = holder.nextOnPort;
      else before.nextOnPort = holder.nextOnPort;
      holder.nextOnPort = null;
      this.size--;
      return true;
    }
    return false;
  }

  /** All holders, by port. */
  *[Symbol.iterator](): Generator<H> {
    for (const page of this.pages) {
      if (page === null) continue;
      for (const first of page) for (let each = first; each !== null; each = each.nextOnPort) yield each;
    }
  }

  private page(port: number): (H | null)[] {
    const at = port >> PAGE_BITS;
    this.pages[at] ??= new Array<H | null>(PAGE).fill(null);
    return this.pages[at] as (H | null)[];
  }
}
