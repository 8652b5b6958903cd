/**
 * @packageDocumentation
 * What tests of stacks and plugins need: a device to put frames into, matchers, mutated frames, and the suite that
 * every plugin should pass. It works with any test runner.
 */
export { MemoryDevice, type SentFrame } from './memory-device.js';
