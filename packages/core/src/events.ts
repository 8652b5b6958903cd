import { EventEmitter } from 'eventemitter3';

/** What a stack tells its observers. Events are for watching; packets never travel by them. */
export interface StackEvents {
  /** Interfaces are open, layers have started. */
  started: () => void;
  /** Everything is closed. */
  stopped: () => void;
}

/** A typed emitter of stack events. */
export class StackEmitter extends EventEmitter<StackEvents> {}
