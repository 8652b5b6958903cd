/** What a call returned: a number, and the error's name where it failed. */
export interface Result {
  readonly value: number;
  readonly errno: string | null;
}

/** One try of a call: null while it would block. */
export type Attempt = () => Result | null;

export const success = (value = 0): Result => ({ value, errno: null });
export const failure = (errno: string): Result => ({ value: -1, errno });

/** Runs what may throw one of the stack's errors: those named after errno are results. */
export function caught(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
    if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return failure(code);
    throw error;
  }
}

/** What a number in a script may stand for. */
export interface Descriptor {
  nonblocking: boolean;
  /** POLLIN, POLLOUT, …: what poll would tell now. */
  readiness(): number;
  /** How much has come, and how much room was made, since it began: what edge-triggered watchers go by. */
  progress(): { readonly readable: number; readonly writable: number };
  close(): Result | Attempt;
}
