// Part of what every program with the preload pays for: it imports nothing of the stack.

/** What a program that watches what begins in it (`async_hooks`) is told of something of ours. */
export interface Births {
  /** What is said in the place of JSSTREAM. */
  type: string | null;
  /** What is shown in the place of the resource. */
  resource: object | null;
  /** What it was begun by; 0: as Node has it. */
  trigger: number;
  /** Whether nothing is said: it stands for nothing that a kernel's socket has. */
  hidden: boolean;
  /** Numbers of handles that are closed and were not collected; null while nobody watches. Node says it of ours by then. */
  closed: Set<number> | null;
}

/** The key of binding.ts. */
const LENT = Symbol.for('netwright:lent');
const given = (globalThis as { [LENT]?: { births?: Births } })[LENT]?.births;

/** One for all copies of this file in a thread. */
export const births: Births = given ?? { type: null, resource: null, trigger: 0, hidden: false, closed: null };

/** Makes something of which this is told. */
export function bearing<T>(told: Partial<Births>, make: () => T): T {
  const { type, resource, trigger, hidden } = births;
  Object.assign(births, told);
  try {
    return make();
  } finally {
    Object.assign(births, { type, resource, trigger, hidden });
  }
}
