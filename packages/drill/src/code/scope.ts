import { Unsupported } from '../outcome.js';
import type { Value } from './value.js';

/** What code in a script sees: TCP_INFO's fields and constants by name. */
export interface Names {
  /** @throws Unsupported where a name of TCP_INFO is not known here. */
  get(name: string): number | string | undefined;
}

/** A function that a script defines. */
export type Definition = (values: readonly Value[], named: ReadonlyMap<string, Value>, scope: Scope) => Value;

/** More is no script, but a loop without an end. */
const STEPS = 100_000;

/** What the code of one script has of its own: it stays from block to block. */
export class Program {
  readonly values = new Map<string, Value>();
  readonly definitions = new Map<string, Definition>();
  readonly printed: string[] = [];
  private steps = 0;

  /** Counts a statement. */
  step(): void {
    if (++this.steps > STEPS) throw new Unsupported(`code: more than ${STEPS} statements`);
  }
}

/** The names in one block, or in one call of a function. */
export class Scope {
  constructor(
    readonly program: Program,
    readonly names: Names,
    /** Those of a call; the program's outside. */
    private readonly own: Map<string, Value> = program.values,
    private readonly depth = 0,
  ) {}

  get(name: string): Value {
    const value = this.own.get(name) ?? this.program.values.get(name);
    if (value !== undefined) return value;
    if (this.own.has(name)) return null;
    const known = this.names.get(name);
    if (known === undefined) throw new Unsupported(`code: the name ${name}`);
    return known;
  }

  set(name: string, value: Value): void {
    this.own.set(name, value);
  }

  /** The scope of a call that is made here. */
  call(own: Map<string, Value>): Scope {
    if (this.depth >= 50) throw new Unsupported('code: more than 50 calls within calls');
    return new Scope(this.program, this.names, own, this.depth + 1);
  }
}
