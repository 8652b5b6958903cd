import { HOST, type Host, type Provider } from '@netwright/core';

/**
 * One thing for each stack, whichever scopes ask: secrets, counters and what was learned are the stack's, so that a
 * connection with an override of its own does not begin without them.
 */
export function perStack<T extends object>(make: (host: Host) => T): (host: Host) => T {
  const made = new WeakMap<Host, T>();
  return (host) => {
    let thing = made.get(host);
    if (thing === undefined) {
      thing = make(host);
      made.set(host, thing);
    }
    return thing;
  };
}

/** The same as an implementation gives it. */
export function providedPerStack<T extends object>(of: (host: Host) => T): Provider<T> {
  return { make: (get) => of(get(HOST)) };
}
