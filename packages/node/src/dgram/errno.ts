import { nativeBinding } from '../binding.js';

/** What UV says of its errors. */
interface Errors {
  readonly numbers: ReadonlyMap<string, number>;
  readonly byNumber: ReadonlyMap<number, [name: string, text: string]>;
}

let known: Errors | undefined;

function errors(): Errors {
  if (known === undefined) {
    // Not by `node:util`: on some versions of Node, importing it opens the standard streams, and these load net.
    const byNumber = nativeBinding<{ getErrorMap(): Map<number, [name: string, text: string]> }>('uv').getErrorMap();
    known = { byNumber, numbers: new Map([...byNumber].map(([number, [name]]) => [name, number])) };
  }
  return known;
}

/** UV's number for a name of errno, negative: 'EBADF' is -9 on Linux. What UV does not know is an input/output error. */
export function errno(name: string): number {
  const { numbers } = errors();
  return numbers.get(name) ?? (numbers.get('EIO') as number);
}

/** Names and texts of all numbers. */
export function errorTexts(): ReadonlyMap<number, readonly [name: string, text: string]> {
  return errors().byNumber;
}

/** The name of a number: -9 is 'EBADF'. */
export function nameOf(number: number): string {
  return errors().byNumber.get(number)?.[0] ?? `${number}`;
}

/** What UV says of a number: -9 is 'bad file descriptor'. */
export function textOf(number: number): string {
  return errors().byNumber.get(number)?.[1] ?? '';
}

/**
 * The number for what a layer threw.
 * @param without6 what Linux says where IPv6 is switched off, instead of EAFNOSUPPORT: its sockets are there all the same.
 */
export function errnoOf(error: unknown, without6: string): number {
  const { code } = error as { code?: string };
  return errno(code === 'EAFNOSUPPORT' ? without6 : (code ?? 'EIO'));
}
