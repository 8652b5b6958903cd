export { ipv4SocketDefaults } from './defaults.js';
export { fragmentIpv4 } from './fragmentation.js';
export {
  checkIpv4,
  IPV4_LARGEST,
  IPV4_SIZE,
  type Ipv4Header,
  type Ipv4Malformed,
  ipv4HeaderSize,
  Protocol,
  readIpv4,
  sealIpv4,
  writeIpv4,
} from './header.js';
export {
  checkIpOptions,
  findIpOption,
  type IpOption,
  IpOptionKind,
  type IpRoute,
  readIpOptions,
  readIpRoute,
  recordRoute,
  timestamps,
  writeIpOptions,
} from './header-options.js';
export { CounterIpId, FixedIpId, PerDestinationIpId, RandomIpId } from './id.js';
export { Ipv4 } from './layer.js';
export { ipv4Plugin } from './plugin.js';
export { type FragmentPolicyName, fragmentPolicies } from './policies.js';
export { type FragmentCounters, Reassembly } from './reassembly.js';
export { IPV4_OPTIONS, type Ipv4Options } from './settings.js';
export { returnRoute, sourceRoute } from './source-route.js';
