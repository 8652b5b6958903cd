/** What the one in the middle has done, in segments unless it says otherwise. */
export interface MiddleCounters {
  passed: number;
  translated: number;
  rewritten: number;
  injected: number;
  repeated: number;
  answered: number;
  /** Segments with a wrong checksum or impossible lengths: nobody would take them. */
  malformed: number;
  /** Parts of segments: their numbers cannot be translated. */
  fragments: number;
  /** Bytes that had to wait for the receiver's window. */
  beyondWindow: number;
  noSlot: number;
}
