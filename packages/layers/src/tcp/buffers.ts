import { ReceiveTuning } from './receive/receive-tuning.js';
import type { Receiver } from './receive/receiver.js';
import type { WindowPolicy } from './receive/window.js';
import type { Sender } from './send/sender.js';
import type { Transmitter } from './send/transmitter.js';
import type { TcpSettings } from './settings.js';
import { advertisedTimeout } from './user-timeout.js';

/** Bytes of each buffer where nothing is said. */
export const DEFAULT_BUFFER = 1 << 20;
/** What buffers of that size may grow to, as on Linux: net.ipv4.tcp_rmem and tcp_wmem. */
const RECEIVE_GROWTH = 6 << 20;
const SEND_GROWTH = 4 << 20;

/** Bytes that the receive buffer may grow to: a size that somebody has chosen stays, unless `receiveBufferMax` is set, too. */
export function receiveBufferMax({ receiveBuffer, receiveBufferMax: max }: TcpSettings): number {
  return grown(receiveBuffer, max, RECEIVE_GROWTH);
}

/** The same of the send buffer. */
export function sendBufferMax({ sendBuffer, sendBufferMax: max }: TcpSettings): number {
  return grown(sendBuffer, max, SEND_GROWTH);
}

function grown(size: number, max: number, usual: number): number {
  if (max > 0) return Math.max(size, max);
  return size === DEFAULT_BUFFER ? usual : size;
}

/** The scale that a SYN offers: for the window that the buffer may come to have; -1 where none is offered. */
export function offeredScale(settings: TcpSettings, policy: WindowPolicy): number {
  if (!settings.windowScaling) return -1;
  const max = receiveBufferMax(settings);
  const chosen = settings.receiveBufferMax === 0 && settings.receiveBuffer !== DEFAULT_BUFFER;
  const { windowClamp } = settings;
  const scale = policy.scale(windowClamp > 0 ? Math.min(max, windowClamp) : max, chosen);
  // No larger than what may be told needs, however large a buffer somebody could choose.
  return windowClamp > 0 ? Math.min(scale, Math.max(0, 16 - Math.clz32(windowClamp))) : scale;
}

/** Goes by these numbers, as far as they can change while a connection runs. */
export function applySettings(
  settings: TcpSettings,
  sender: Sender,
  receiver: Receiver,
  transmitter: Transmitter,
): void {
  const max = receiveBufferMax(settings);
  transmitter.trafficClass = settings.dscp << 2;
  const told = advertisedTimeout(settings);
  if (told !== transmitter.userTimeout) transmitter.userTimeout = transmitter.facts.userTimeout = told;
  sender.noDelay = settings.noDelay;
  sender.shrinksSlowly = settings.shrinksSlowly;
  sender.maxPacingRate = settings.maxPacingRate / 1000;
  sender.buffer.limit = settings.sendBuffer;
  sender.buffer.max = sendBufferMax(settings);
  sender.buffer.pieces = settings.sendBufferPieces;
  sender.buffer.lowWater = settings.notSentLowWater;
  receiver.limit = settings.receiveBuffer;
  receiver.clamp = settings.windowClamp || Number.POSITIVE_INFINITY;
  receiver.tuning = max > settings.receiveBuffer ? new ReceiveTuning(max) : null;
}

/**
 * How often a SYN is sent again where the first `linear` timeouts are not doubled: as often as `retries` says besides,
 * but no longer than `retries` timeouts take that are doubled all, as Linux has it.
 */
export function synRetryLimit(retries: number, linear: number): number {
  const most = retries + linear;
  // When the timeout after the next one is, in timeouts that are not doubled.
  let elapsed = 2;
  let times = 1;
  for (; linear > 0 && times < most && elapsed < 2 ** (retries + 1) - 1; times++)
    elapsed += times < linear ? 1 : 2 ** (times - linear + 1);
  return linear > 0 ? times : most;
}
