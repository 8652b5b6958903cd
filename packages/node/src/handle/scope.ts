import { AsyncResource } from 'node:async_hooks';
import { bearing } from '../births.js';

/** Node's name for where an asynchronous resource keeps its number. */
const ID = Object.getOwnPropertySymbols(bearing({ hidden: true }, () => new AsyncResource('TCPWRAP'))).find(
  (each) => each.description === 'async_id_symbol',
) as symbol;

/** The asynchronous context of a handle that Node knows already: what runs in it runs under the handle's own number. */
export function scopeOf(handle: { getAsyncId(): number }): AsyncResource {
  const scope = bearing({ hidden: true }, () => new AsyncResource('TCPWRAP', { requireManualDestroy: true }));
  return Object.assign(scope, { [ID]: handle.getAsyncId() });
}

/** The context of a request. */
export function requestScope(type: string, resource: object): AsyncResource {
  return bearing({ resource }, () => new AsyncResource(type, { requireManualDestroy: true }));
}
