import { type Descriptor, type Result, success } from './descriptor.js';

/** A pipe or a file: bytes of zeros, always ready. */
export class Pipe implements Descriptor {
  nonblocking = false;
  /** Bytes that were put into it. */
  bytes = 0;

  readiness(): number {
    return 0x1 | 0x4;
  }

  progress(): { readable: number; writable: number } {
    return { readable: this.bytes, writable: 0 };
  }

  close(): Result {
    return success();
  }
}
