import { readFileSync } from 'node:fs';
import { type CapturedFrame, frameFields, readCapture, TraceFormatter } from '@netwright/plugins';
import { Option } from 'commander';
import type { AddCommand } from '../command-line.js';
import { fail, systemMessage } from '../errors.js';
import { printJson } from '../terminal.js';

interface TraceOptions {
  readonly absolute?: boolean;
  readonly verbose?: boolean;
  readonly only: 'all' | 'handshake' | 'lifecycle';
  readonly json?: boolean;
}

/** `netwright trace <file>`: a line for each frame of a capture, and why the stack sent it. */
export const traceCommand: AddCommand = (program, terminal) => {
  program
    .command('trace')
    .description('print the frames of a capture file, as tcpdump would')
    .argument('<file>', 'a pcapng or pcap file')
    .option('-S, --absolute', 'sequence numbers as on the wire, not counted from the SYN')
    .option('-v, --verbose', 'also why each frame was sent, where the file says')
    .addOption(
      new Option('--only <which>', 'which TCP segments').choices(['all', 'handshake', 'lifecycle']).default('all'),
    )
    .option('--json', 'write frames and their fields as JSON')
    .action((file: string, { absolute = false, verbose = false, only, json = false }: TraceOptions) => {
      const formatter = new TraceFormatter({ absolute, only });
      const frames: unknown[] = [];
      for (const frame of readCapture(readBytes(file))) {
        const line = formatter.line(frame.bytes, milliseconds(frame), frame.interface, frame.direction, frame.linkType);
        if (line === null) continue;
        if (json) frames.push(describe(frame));
        else {
          terminal.out(line);
          if (verbose && frame.comment !== '') terminal.out(`  └ ${frame.comment}`);
        }
      }
      if (json) printJson(terminal, { frames });
    });
};

/** Of the day, as tcpdump shows it. */
function milliseconds({ at }: CapturedFrame): number {
  return Number(at % 86_400_000_000_000n) / 1e6;
}

function describe({ at, interface: via, direction, length, comment, bytes, linkType }: CapturedFrame): unknown {
  // Nanoseconds since 1970 do not fit a number: they go as text.
  return { at: String(at), interface: via, direction, length, reason: comment, fields: frameFields(bytes, linkType) };
}

/** @throws FILE_UNREADABLE */
function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: systemMessage(error) });
  }
}
