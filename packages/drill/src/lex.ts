import { ScriptSyntaxError } from './outcome.js';

/**
 * A place in a script that moves on as it is read. The language has no one set of tokens (`.1` is a time, or flags
 * with a counter), so each reader asks for the pattern that may stand there.
 */
export class Cursor {
  at = 0;

  constructor(
    readonly text: string,
    /** What the first line is called: a part of a script that was cut out keeps its lines. */
    private readonly firstLine = 1,
  ) {}

  get atEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** The line of the next thing, from 1. */
  get line(): number {
    return this.place(this.at).line;
  }

  /** Passes spaces, line ends and comments. */
  skip(): void {
    const { text } = this;
    for (;;) {
      while (this.at < text.length && /\s/.test(text[this.at])) this.at++;
      if (text.startsWith('//', this.at) || this.isHashComment()) {
        const end = text.indexOf('\n', this.at);
        this.at = end < 0 ? text.length : end;
      } else if (text.startsWith('/*', this.at)) {
        const end = text.indexOf('*/', this.at + 2);
        if (end < 0) this.fail('the comment has no end');
        this.at = end + 2;
      } else return;
    }
  }

  /** A line that begins with '#' is for shells and preprocessors. */
  private isHashComment(): boolean {
    if (this.text[this.at] !== '#') return false;
    const begin = this.text.lastIndexOf('\n', this.at) + 1;
    return this.text.slice(begin, this.at).trim() === '';
  }

  /** Whether `text` stands here. */
  sees(text: string): boolean {
    this.skip();
    return this.text.startsWith(text, this.at);
  }

  /** Passes `text` if it stands here. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes `text`, which must stand here. */
  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected "${text}", found ${this.found()}`);
  }

  /** Whether the word stands here: letters that do not go on. */
  takeWord(word: string): boolean {
    this.skip();
    if (!this.text.startsWith(word, this.at) || /\w/.test(this.text[this.at + word.length] ?? '')) return false;
    this.at += word.length;
    return true;
  }

  /** What a sticky pattern finds here, or null. */
  match(pattern: RegExp): RegExpExecArray | null {
    this.skip();
    return this.matchHere(pattern);
  }

  /** The same without passing spaces first. */
  matchHere(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  /** The same, where nothing else may stand; `what` says so. */
  require(pattern: RegExp, what: string): RegExpExecArray {
    return this.match(pattern) ?? this.fail(`expected ${what}, found ${this.found()}`);
  }

  integer(what: string): number {
    const [text] = this.require(/0x[0-9a-f]+|\d+/iy, what);
    return Number(text);
  }

  /** Everything up to `end`, which is passed. */
  until(end: string, what: string): string {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) this.fail(`${what} has no end`);
    const inside = this.text.slice(this.at, found);
    this.at = found + end.length;
    return inside;
  }

  /** What stands here, for messages. */
  found(): string {
    this.skip();
    const [word = ''] = /\w+|\S|$/.exec(this.text.slice(this.at, this.at + 40)) ?? [];
    return word === '' ? 'the end' : `"${word}"`;
  }

  fail(problem: string, at = this.at): never {
    const { line, column } = this.place(at);
    throw new ScriptSyntaxError(problem, line, column);
  }

  private place(at: number): { line: number; column: number } {
    let line = this.firstLine;
    let begin = 0;
    for (let end = this.text.indexOf('\n'); end >= 0 && end < at; end = this.text.indexOf('\n', begin)) {
      line++;
      begin = end + 1;
    }
    return { line, column: at - begin + 1 };
  }
}
