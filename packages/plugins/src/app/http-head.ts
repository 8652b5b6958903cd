/** Bytes that a request or response head may have: more is refused (RFC 9110 section 5.4 leaves the limit to us). */
export const MAX_HEAD = 16_384;

/** The lines before the body of an HTTP/1 message (RFC 9112 section 2.1). */
export interface Head {
  /** The request line or status line. */
  readonly first: string;
  /** Fields by their name in lower case; repeated ones joined by ', '. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Collects bytes until the empty line. */
export class HeadReader {
  private bytes = new Uint8Array(512);
  private length = 0;

  /**
   * Takes bytes from `at` on. @returns the offset after the head when it is complete, -1 when more is needed, -2 when it
   * is too long.
   */
  feed(bytes: Uint8Array, at: number): number {
    for (let i = at; i < bytes.length; i++) {
      if (this.length === MAX_HEAD) return -2;
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = bytes[i];
      if (bytes[i] === 10 && this.complete) return i + 1;
    }
    return -1;
  }

  /** The head, once it is complete; null when it is malformed. The reader is ready for the next one. */
  take(): Head | null {
    const text = new TextDecoder('latin1').decode(this.bytes.subarray(0, this.length));
    this.length = 0;
    const lines = text.split(/\r?\n/).filter((each) => each !== '');
    const [first, ...rest] = lines;
    const fields = new Map<string, string>();
    for (const line of rest) {
      const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
      if (match === null) return null;
      const name = match[1].toLowerCase();
      const before = fields.get(name);
      fields.set(name, before === undefined ? match[2] : `${before}, ${match[2]}`);
    }
    return first === undefined ? null : { first, fields };
  }

  /** Whether an empty line has come; one before the first line does not count (RFC 9112 section 2.2). */
  private get complete(): boolean {
    const { bytes, length } = this;
    const before = bytes[length - 2] === 13 ? length - 3 : length - 2;
    if (before < 0) {
      this.length = 0;
      return false;
    }
    return bytes[before] === 10;
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Takes a request line apart; null when it is malformed. */
export function readRequestLine(line: string): { method: string; target: string; minor: number } | null {
  const match = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(line);
  return match === null ? null : { method: match[1], target: match[2], minor: Number(match[3]) };
}

/** Takes a status line apart; null when it is malformed. */
export function readStatusLine(line: string): number | null {
  const match = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/.exec(line);
  return match === null ? null : Number(match[1]);
}
