import { spawnSync } from 'node:child_process';

/** What a command of the host said. */
export interface CommandResult {
  readonly failed: boolean;
  /** It could not be started: there is no such command, or it may not be run. */
  readonly missing: boolean;
  readonly stdout: string;
  /** The last line of its complaints, else why it did not start or how it ended; '' where it did not fail. */
  readonly complaint: string;
}

/** Runs a command of the host to its end; `input` goes to its standard input. It does not throw. */
export function runHostCommand(command: string, args: readonly string[], input?: string): CommandResult {
  const { error, status, signal, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  const failed = status !== 0;
  const said = (stderr ?? '').trim().split('\n').pop();
  const ended = error?.message ?? `${command} ended with ${status ?? signal}`;
  return {
    failed,
    missing: status === null && signal === null,
    stdout: stdout ?? '',
    complaint: failed ? said || ended : '',
  };
}
