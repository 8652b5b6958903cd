import type { ApplicationContext } from '@netwright/core';
import { Tcp } from '@netwright/layers';
import { fail } from '../errors.js';

/** The TCP layer of an application's stack. @throws APP_NEEDS_LAYER */
export function tcpOf({ stack }: ApplicationContext, application: string): Tcp {
  const tcp = stack.layer(Tcp);
  if (tcp === undefined) throw fail('APP_NEEDS_LAYER', { application, layer: 'tcp', stack: stack.name });
  return tcp;
}
