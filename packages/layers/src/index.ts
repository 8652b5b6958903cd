/**
 * @packageDocumentation
 * The protocols of Netwright, one folder each, and the plugins that put them into a stack.
 */
// What layers agree on

export {
  isNetwork,
  isTransport,
  type Network,
  type NetworkError,
  type NoPath,
  type Path,
  type PathOptions,
  type Rejection,
  type Transport,
} from './ip/network.js';
export {
  type FragmentPolicy,
  IP_FRAGMENTS,
  IP_ID,
  IP_ROUTES,
  IP_TTL,
  type IpId,
  type IpTtl,
  type Route,
  type Routes,
} from './ip/tokens.js';
export { isNeighbours, NEIGHBOURS_V4, type Neighbour, type Neighbours } from './link/neighbour.js';
