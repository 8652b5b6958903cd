import { getClassMetadata } from '@inversifyjs/core';
import type { Newable } from 'inversify';
import { fail } from '../errors.js';

/**
 * Sees to it that a class which replaces another one gets its arguments. A subclass without decorators of its own
 * inherits the base's constructor but not its injections: inversify would call it with nothing, and the first use of
 * an argument would fail far from here.
 * @throws OVERRIDE_LOST_INJECTION
 */
export function checkOverride(implementation: Newable<unknown>): void {
  const own = injectedArguments(implementation);
  if (own > 0) return;
  for (
    let base = Object.getPrototypeOf(implementation);
    typeof base === 'function' && base.prototype;
    base = Object.getPrototypeOf(base)
  ) {
    const count = injectedArguments(base);
    if (count > 0 && implementation.length <= base.length) {
      throw fail('OVERRIDE_LOST_INJECTION', { class: implementation.name, base: base.name, count });
    }
  }
}

function injectedArguments(target: Newable<unknown>): number {
  return getClassMetadata(target).constructorArguments.length;
}
