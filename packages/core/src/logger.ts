import { token } from './token.js';

/** What the stack tells the operator: rare things only, nothing per packet. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The log. */
export const LOGGER = token<Logger>('logger', {
  scope: 'stack',
  contract: 'Logger',
  fallback: 'SilentLogger',
  changes: 'where messages to the operator go; a pino logger fits as it is',
});

/** Says nothing. */
export class SilentLogger implements Logger {
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}
