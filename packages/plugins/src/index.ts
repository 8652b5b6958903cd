// The host: real interfaces
export { type CaptureCounters, CaptureDevice, type CaptureOptions, captureProblem } from './device/capture.js';
export { capture, capturePlugin } from './device/capture-plugin.js';
export type { SharedAddress } from './device/filter.js';
// The host: sharing an address with its kernel
export { Guard, type GuardOptions, guardClear, guardStatus, type PortUse } from './host/guard.js';
export { guard, guardPlugin } from './host/guard-plugin.js';
export { GUARD_CHAIN, GUARD_CHAIN_IN, type GuardedRule } from './host/rules.js';
