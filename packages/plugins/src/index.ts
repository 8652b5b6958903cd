// Applications that a manifest may name
export { discard } from './app/discard.js';
export { echo } from './app/echo.js';
export { get } from './app/get.js';
export { page } from './app/page.js';
export { applications } from './app/plugin.js';
export { source } from './app/source.js';
// Links and devices in memory
export { Cable, type CableOptions, type CableProperties } from './device/cable.js';
// The host: real interfaces
export { type CaptureCounters, CaptureDevice, type CaptureOptions, captureProblem } from './device/capture.js';
export { capture, capturePlugin } from './device/capture-plugin.js';
export type { SharedAddress } from './device/filter.js';
export type { BurstOptions, ImpairmentCounters, ImpairmentOptions, QueueOptions } from './device/impairment.js';
export type { SwitchCounters, SwitchOptions } from './device/switch.js';
// The host: what it allows
export { examineHost, type Finding } from './host/doctor.js';
// The host: sharing an address with its kernel
export { Guard, type GuardOptions, guardClear, guardStatus } from './host/guard.js';
export { guard, guardPlugin } from './host/guard-plugin.js';
export { GUARD_CHAIN, GUARD_CHAIN_IN, type GuardedRule } from './host/rules.js';
