import { fail, type Place } from '../errors.js';
import { token } from '../token.js';

/** What is known of a frame, by field: 'tcp.flags': 'SA', 'tcp.seq': 5555, 'ip.src': '10.0.0.1'. */
export type Fields = Record<string, string | number | boolean>;

/** Takes a frame apart into a new object; fields that the frame does not have are absent. `bytes` is borrowed. */
export type FrameFields = (bytes: Uint8Array) => Fields;

/** Who takes frames apart for `validate`: plugins offer an implementation of it. */
export const FRAME_FIELDS = token<FrameFields>('frame.fields');

/** A question about a frame. */
export type Expression = (fields: Fields) => boolean;

/**
 * Reads an expression over fields: `tcp.flags == SA && (tcp.srcport == 7777 || !ip)`.
 * Comparisons: == != < <= > >=; a field alone asks whether the frame has it, a prefix whether it has any field under
 * it. On the right stands a number, a text in quotes, a bare word, or another field. A comparison with a field that
 * the frame does not have is false.
 * @throws EXPRESSION_SYNTAX
 */
export function parseExpression(text: string, place?: Place): Expression {
  return new Parser(text, place).parse();
}

type Value = string | number | boolean;
const OPERATORS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '!', '(', ')'];
const COMPARE: Record<string, (a: Value, b: Value) => boolean> = {
  '==': (a, b) => same(a, b),
  '!=': (a, b) => !same(a, b),
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
};

/** Whether a field's value is the wanted one; 5555 and '5555' are the same. */
export function same(a: Value, b: Value): boolean {
  return a === b || String(a) === String(b);
}

interface Lexeme {
  readonly kind: 'operator' | 'word' | 'text' | 'number' | 'end';
  readonly text: string;
  readonly at: number;
}

class Parser {
  private readonly lexemes: Lexeme[] = [];
  private next = 0;

  constructor(
    private readonly source: string,
    private readonly place?: Place,
  ) {}

  parse(): Expression {
    this.read();
    const expression = this.or();
    if (this.peek.kind !== 'end') throw this.error(`"${this.peek.text}" is one too many`, this.peek);
    return expression;
  }

  private or(): Expression {
    let left = this.and();
    while (this.take('||')) {
      const [a, b] = [left, this.and()];
      left = (fields) => a(fields) || b(fields);
    }
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.take('&&')) {
      const [a, b] = [left, this.not()];
      left = (fields) => a(fields) && b(fields);
    }
    return left;
  }

  private not(): Expression {
    if (this.take('!')) {
      const inner = this.not();
      return (fields) => !inner(fields);
    }
    if (this.take('(')) {
      const inner = this.or();
      if (!this.take(')')) throw this.error('")" is missing', this.peek);
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Expression {
    const field = this.peek;
    if (field.kind !== 'word') {
      throw this.error(field.kind === 'end' ? 'it ends too soon' : `"${field.text}" is not a field`, field);
    }
    this.next++;
    const name = field.text;
    const operator = this.peek;
    const compare = operator.kind === 'operator' ? COMPARE[operator.text] : undefined;
    if (compare === undefined) return (fields) => has(fields, name);
    this.next++;
    const right = this.operand();
    return (fields) => {
      const left = fields[name];
      return left !== undefined && compare(left, right(fields));
    };
  }

  private operand(): (fields: Fields) => Value {
    const { kind, text } = this.peek;
    if (kind === 'end' || kind === 'operator') throw this.error('a value is missing', this.peek);
    this.next++;
    if (kind === 'number') return () => Number(text);
    if (kind === 'text') return () => text;
    if (text === 'true' || text === 'false') return () => text === 'true';
    return (fields) => fields[text] ?? text;
  }

  private get peek(): Lexeme {
    return this.lexemes[this.next];
  }

  private take(operator: string): boolean {
    if (this.peek.kind !== 'operator' || this.peek.text !== operator) return false;
    this.next++;
    return true;
  }

  private read(): void {
    const pattern = /\s*(?:"([^"]*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[<>!()])|([\w.:/-]+))/y;
    let at = 0;
    while (this.source.slice(at).trim() !== '') {
      pattern.lastIndex = at;
      const match = pattern.exec(this.source);
      if (match === null) {
        const wrong = this.source.slice(at).trim()[0];
        throw this.error(`"${wrong}" has no meaning here`, { at: this.source.indexOf(wrong, at) });
      }
      at = pattern.lastIndex;
      const [whole, double, single, operator, word] = match;
      const start = at - whole.trimStart().length;
      if (operator !== undefined) this.lexemes.push({ kind: 'operator', text: operator, at: start });
      else if (word === undefined) this.lexemes.push({ kind: 'text', text: double ?? single, at: start });
      else {
        const number = /^-?(\d+(\.\d+)?|0x[\da-f]+)$/i.test(word);
        this.lexemes.push({ kind: number ? 'number' : 'word', text: word, at: start });
      }
    }
    this.lexemes.push({ kind: 'end', text: '', at: this.source.length });
  }

  private error(problem: string, { at }: { at: number }) {
    const operators = OPERATORS.join(' ');
    return fail('EXPRESSION_SYNTAX', { text: this.source, problem, at: at + 1, operators }, this.place);
  }
}

function has(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (value !== undefined) return value !== false;
  for (const each in fields) if (each.startsWith(`${name}.`)) return true;
  return false;
}
