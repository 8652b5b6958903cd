// Applications that a manifest may name
export { discard } from './app/discard.js';
export { echo } from './app/echo.js';
export { exchange } from './app/exchange.js';
export { get } from './app/get.js';
export { page } from './app/page.js';
export { applications } from './app/plugin.js';
export { source } from './app/source.js';
// Checking labs
export { type CheckedRun, LabCheck } from './check/lab-check.js';
// Links and devices in memory
export { Cable, type CableOptions, type CableProperties } from './device/cable.js';
// The host: real interfaces
export { type CaptureCounters, CaptureDevice, type CaptureOptions, captureProblem } from './device/capture.js';
export { capture, capturePlugin } from './device/capture-plugin.js';
export type { SharedAddress } from './device/filter.js';
export type { BurstOptions, ImpairmentCounters, ImpairmentOptions, QueueOptions } from './device/impairment.js';
// In memory: cables, loopback, replay
export { cable, cablePlugin, loopback } from './device/link-plugin.js';
export { Loopback } from './device/loopback.js';
export { memoryDevices, replay } from './device/memory-plugin.js';
export { Replay, type ReplayOptions } from './device/replay.js';
// Frames over streams: virtual machines, pages, other processes
export {
  type FrameStreams,
  LARGEST_FRAME,
  type StreamCounters,
  StreamDevice,
  type StreamDeviceOptions,
} from './device/stream.js';
export { stream, streamPlugin } from './device/stream-plugin.js';
export { QemuDeframer, qemuFramed, qemuFrames } from './device/stream-qemu.js';
export { type FrameSource, sourceFrames } from './device/stream-source.js';
export { type HostPort, QemuLine, type QemuLineOptions } from './device/stream-tcp.js';
export { type FrameSocket, type FrameSocketClass, webSocketFrames } from './device/stream-websocket.js';
export type { SwitchCounters, SwitchOptions } from './device/switch.js';
// The host: what it allows
export { examineHost, type Finding } from './host/doctor.js';
// The host: sharing an address with its kernel
export { Guard, type GuardOptions, guardClear, guardStatus } from './host/guard.js';
export { guard, guardPlugin } from './host/guard-plugin.js';
export { GUARD_CHAIN, GUARD_CHAIN_IN, type GuardedRule } from './host/rules.js';
// Running a stack
export { type RunOptions, runUntilSignal, stopGently } from './host/run.js';
// A man in the middle
export { Connection as MiddleConnection, type Towards } from './middle/connection.js';
export type { MiddleCounters } from './middle/counters.js';
export { type Edit, EditLog } from './middle/edit-log.js';
export { Half as MiddleHalf, type Ruling } from './middle/half.js';
export { type Cue, ManInTheMiddle, MIDDLE_OPTIONS, type MiddleOptions } from './middle/layer.js';
export { middlePlugin } from './middle/plugin.js';
export { MIDDLE_WHY } from './middle/reasons.js';
export { type Rewriter, type Rewriting, type Substitution, Substitutions } from './middle/rewriter.js';
// Sessions that do one thing otherwise
export { EagerAckSession } from './session/eager-ack.js';
export { FiveFiveSession } from './session/five-five.js';
export { sessionsPlugin } from './session/plugin.js';
export { SilentCloseSession } from './session/silent-close.js';
export { TarpitSession } from './session/tarpit.js';
// Faults in front of a device
export { FaultDevice, type FaultOptions } from './traffic/fault.js';
export { fault, faultPlugin } from './traffic/plugin.js';
// Watching
export { CaptureFile, type CaptureFileOptions } from './watch/capture-file.js';
export { ETHERNET, frameFields, RAW_IP } from './watch/fields.js';
export { Invariants } from './watch/invariants.js';
export { metrics, prometheusText } from './watch/metrics.js';
export { type CapturedFrame, readCapture } from './watch/pcap-reader.js';
export { type Direction, PcapngWriter } from './watch/pcapng.js';
export { dissector, invariants, pcapng, trace, watchPlugin } from './watch/plugin.js';
export { RECORDED, type Recorded } from './watch/recorded.js';
export { Trace, TraceFormatter, type TraceOptions } from './watch/trace.js';
export { TraceHash } from './watch/trace-hash.js';
