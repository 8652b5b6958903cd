import type { Call } from './call.js';
import type { ScriptPacket } from './packet.js';
import type { Moment } from './time.js';

/** What happens in an event. */
export type Action =
  | { readonly kind: 'inject'; readonly packet: ScriptPacket }
  | { readonly kind: 'expect'; readonly packet: ScriptPacket }
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'shell'; readonly command: string }
  | { readonly kind: 'code'; readonly text: string };

/** One line of a script, as a rule. */
export interface ScriptEvent {
  readonly line: number;
  readonly time: Moment;
  readonly action: Action;
}

/** A script, taken apart. */
export interface Script {
  /** `--name=value`, or `--name` with an empty value; each as often as it is written. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** Commands before the first event, and after the last: those come too late to change anything. */
  readonly init: readonly { readonly command: string; readonly line: number }[];
  readonly cleanup: readonly { readonly command: string; readonly line: number }[];
  readonly events: readonly ScriptEvent[];
  /** Its lines as they were written, for messages. */
  readonly source: readonly string[];
}
