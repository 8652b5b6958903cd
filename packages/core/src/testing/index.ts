/**
 * @packageDocumentation
 * What tests of stacks and plugins need: the suite that every plugin should pass, a device to put frames into, matchers
 * for what was sent, and damaged frames. It works with any test runner.
 */
export { type Check, type ConformanceSetup, conformance } from './conformance.js';
export { MemoryDevice, type SentFrame } from './memory-device.js';
export { mutate, noise } from './mutate.js';
export { expectFrame, type FrameExpectation, fromHex, hexDump, toHex } from './packets.js';
