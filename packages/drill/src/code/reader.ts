import { ScriptSyntaxError, Unsupported } from '../outcome.js';
import { type Locate, type Token, tokensOf } from './token.js';

/** Passes the pieces of code. */
export class Reader {
  private readonly tokens: Token[];
  private at = 0;

  constructor(
    readonly text: string,
    readonly locate: Locate,
  ) {
    this.tokens = tokensOf(text, locate);
  }

  get next(): Token {
    return this.tokens[this.at];
  }

  /** What is behind the piece that was passed last. */
  get passed(): number {
    return this.at === 0 ? 0 : this.tokens[this.at - 1].end;
  }

  get after(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)];
  }

  pass(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Whether this name or operator comes next. */
  sees(text: string): boolean {
    const { kind } = this.next;
    return (kind === 'name' || kind === 'operator') && this.next.text === text;
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.pass();
    return true;
  }

  takeKind(kind: Token['kind']): boolean {
    if (this.next.kind !== kind) return false;
    this.pass();
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected "${text}"`);
  }

  name(): string {
    if (this.next.kind !== 'name') this.fail('expected a name');
    return this.pass().text;
  }

  fail(problem: string): never {
    const { begin, kind, text } = this.next;
    const { line, column } = this.locate(begin);
    const found = text === '' ? (kind === 'end' || kind === 'newline' ? 'the end' : kind) : `"${text}"`;
    throw new ScriptSyntaxError(`${problem}, found ${found}`, line, column);
  }

  /** What is Python, but nothing that this reads. */
  refuse(): never {
    const [line] = this.text.slice(this.next.begin, this.next.begin + 40).split('\n');
    throw new Unsupported(`code: ${line.trim()}`);
  }
}
