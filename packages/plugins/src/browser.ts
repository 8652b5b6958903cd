/**
 * @packageDocumentation
 * What of the plugins runs in a page, too: nothing here reaches for Node.js. With core and layers it makes whole
 * networks in a browser.
 */
// Links and devices in memory
export { Cable, type CableOptions, type CableProperties } from './device/cable.js';
export { cable, cablePlugin, loopback } from './device/link-plugin.js';
export { Loopback } from './device/loopback.js';
// Frames over streams
export { type FrameStreams, StreamDevice, type StreamDeviceOptions } from './device/stream.js';
export { qemuFrames } from './device/stream-qemu.js';
export { type FrameSource, sourceFrames } from './device/stream-source.js';
export { type FrameSocket, webSocketFrames } from './device/stream-websocket.js';
// Watching
export { PcapngWriter } from './watch/pcapng.js';
export { TraceFormatter } from './watch/trace.js';
