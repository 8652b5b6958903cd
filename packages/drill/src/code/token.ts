import { ScriptSyntaxError, Unsupported } from '../outcome.js';

/** A piece of code, and where it stands. Lines and indentation are pieces of their own, as in Python. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'format' | 'operator' | 'newline' | 'indent' | 'dedent' | 'end';
  /** A string without its quotes, escapes already replaced. */
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

const SPACE = /(?:[ \t\r]|\\\r?\n)+|#.*/y;
const STRING = /([rbu]?f?|f?[rbu]?)("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')/iy;
const NUMBER = /0x[0-9a-f_]+|0b[01_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const NAME = /[A-Za-z_]\w*/y;
const OPERATOR = /\*\*=?|\/\/=?|<<=?|>>=?|[-+*/%&|^=!<>]=|->|[-+*/%&|^~<>=()[\]{},:;.@]/y;
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\n': '' };

/** A place in the script, for messages. */
export type Locate = (at: number) => { line: number; column: number };

/** Takes code into pieces. @throws ScriptSyntaxError where there is none that it could be. */
export function tokensOf(text: string, locate: Locate): Token[] {
  const tokens: Token[] = [];
  // Where a statement stands on the line of the opening bracket, it says nothing about the lines after it.
  const indents: number[] = [];
  let depth = 0;
  let at = 0;
  let fresh = true;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: Token['kind'], value: string, length: number): void => {
    tokens.push({ kind, text: value, begin: at, end: at + length });
    at += length;
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== null) at += space[0].length;
    else if (text[at] === '\n') {
      if (depth === 0 && !fresh) push('newline', '', 0);
      fresh ||= depth === 0;
      at++;
    } else {
      if (fresh) indent();
      fresh = false;
      readOne();
    }
  }
  if (!fresh) push('newline', '', 0);
  for (let i = 1; i < indents.length; i++) push('dedent', '', 0);
  push('end', '', 0);
  return tokens;

  function indent(): void {
    const lineBegin = text.lastIndexOf('\n', at - 1);
    if (lineBegin < 0) return;
    const column = at - lineBegin - 1;
    if (indents.length === 0) {
      const inside = tokens.length >= 2 && tokens[tokens.length - 2].text === ':';
      indents.push(inside ? -1 : column);
      if (!inside) return;
      indents.push(column);
      push('indent', '', 0);
      return;
    }
    if (column > (indents.at(-1) as number)) {
      indents.push(column);
      push('indent', '', 0);
    }
    while (column < (indents.at(-1) as number) && indents.length > 1) {
      indents.pop();
      push('dedent', '', 0);
    }
    if (indents.at(-1) === -1) indents[0] = column;
  }

  function readOne(): void {
    const string = match(STRING);
    const number = match(NUMBER);
    const name = match(NAME);
    const operator = match(OPERATOR);
    if (string !== null) {
      const prefix = string[1].toLowerCase();
      if (prefix.includes('b')) throw new Unsupported(`code: ${string[0]}`);
      const quotes = /^("""|''')/.test(string[2]) ? 3 : 1;
      const inside = string[2].slice(quotes, -quotes);
      const plain = prefix.includes('r')
        ? inside
        : inside.replace(/\\([\s\S])/g, (all, c) => ESCAPES[c] ?? (/[\\'"]/.test(c) ? c : all));
      push(prefix.includes('f') ? 'format' : 'string', plain, string[0].length);
    } else if (number !== null) push('number', number[0].replaceAll('_', ''), number[0].length);
    else if (name !== null) push('name', name[0], name[0].length);
    else if (operator !== null) {
      if ('([{'.includes(operator[0])) depth++;
      if (')]}'.includes(operator[0])) depth--;
      push('operator', operator[0], operator[0].length);
    } else {
      const { line, column } = locate(at);
      throw new ScriptSyntaxError(`"${text[at]}" means nothing in code`, line, column);
    }
  }
}
