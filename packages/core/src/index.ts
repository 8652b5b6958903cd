/**
 * @packageDocumentation
 * The contracts of Netwright and the builder that makes a stack of them. It knows no protocol.
 */
import './reflect.js';

// Addresses
export { Cidr } from './address/cidr.js';
export { IpAddress } from './address/ip.js';
export { MacAddress } from './address/mac.js';
// The world of a stack
export { type Device, type DeviceOffload, type DeviceReceiver, NO_OFFLOAD } from './device.js';
// Errors
export { allErrors, type ErrorEntry, errorCatalogue, fail, formatPlace, NetwrightError, type Place } from './errors.js';
// Building
export { StackEmitter, type StackEvents } from './events.js';
// Layers, tokens, plugins
export { type Hook, HookPoint, type Verdict } from './hook.js';
export { type Counters, HOST, Host, type HostParts, PACKET_POOL } from './host.js';
export { type FrameReceiver, type InterfaceCounters, NetworkInterface } from './interface.js';
// The builder
export { buildLab, checkManifest } from './lab/build.js';
export { Lab, type LabResult, type LabRunOptions } from './lab/lab.js';
export type { ValidationResult } from './lab/validate.js';
export {
  APPLICATION,
  type Application,
  type ApplicationContext,
  type ApplicationFactory,
  DEVICE,
  type DeviceFactory,
  LINK,
  type Link,
  type LinkContext,
  type LinkFactory,
  type Transfer,
  WATCHER,
  type Watcher,
  type WatcherContext,
  type WatcherFactory,
} from './lab.js';
export { declarationOf, Layer, type LayerBinding, type LayerDeclaration, layer, layerToken } from './layer.js';
export { LOGGER, type Logger, SilentLogger } from './logger.js';
// Manifests
export {
  type Expression,
  type Fields,
  FRAME_FIELDS,
  type FrameFields,
  parseExpression,
} from './manifest/expression.js';
export { type JsonSchema, manifestJsonSchema } from './manifest/json-schema.js';
export { loadManifest, type Manifest, type ManifestInput } from './manifest/load.js';
export { ManifestError, type ManifestPath, optionNames } from './manifest/problems.js';
export type { LabManifest, StackManifest } from './manifest/schema.js';
export type { Setting } from './manifest/settings.js';
export { bitrate, byteSize, cidr, duration, ipAddress, macAddress, moment, ratio } from './manifest/units.js';
// Packets
export { addSums, type ChecksumSum, checksumOver, foldSum, plainChecksum, replaceInSum } from './packet/checksum.js';
export { ChecksumState, Packet } from './packet/packet.js';
export { DEFAULT_POOL_SIZE, HEADROOM, LARGE_SLOT, PacketPool, type PacketPoolSize, SMALL_SLOT } from './packet/pool.js';
export {
  type AnyPlugin,
  definePlugin,
  type Implementation,
  implementation,
  type LayerClass,
  type Override,
  override,
  type Plugin,
  type Provider,
  type Wiring,
} from './plugin.js';
export { RANDOM, type Random, SeededRandom, SystemRandom } from './random.js';
export { allReasons, type Decider, explain, type Reason, reason } from './reason.js';
export { type BuildOptions, BuiltStack, buildStack } from './stack/build.js';
export type { PluginLoader } from './stack/catalogue.js';
export {
  type AppDescription,
  describeLab,
  describeStack,
  formatMermaid,
  formatTree,
  type LabDescription,
  type StackDescription,
  type TokenDescription,
} from './stack/describe.js';
export { checkOverride } from './stack/override.js';
export { SCOPE, Scope, type ScopeDefaults } from './stack/scope.js';
export { type Part, Stack } from './stack/stack.js';
export { TAP, type Tap, TapFan } from './tap.js';
// Time and chance
export { type Alarm, CLOCK, type Clock } from './time/clock.js';
export { SystemClock } from './time/system-clock.js';
export { TIMERS, Timer, type Timers, TimerWheel } from './time/timers.js';
export { VirtualClock } from './time/virtual-clock.js';
export {
  type AnyToken,
  allTokenPages,
  type Token,
  type TokenPage,
  type TokenScope,
  token,
  tokenName,
  tokenPage,
} from './token.js';
export { type Flushable, Turn, type TurnTask } from './turn.js';
