/** The script cannot be read: it fails where it says so. */
export class ScriptSyntaxError extends Error {
  constructor(
    readonly problem: string,
    /** Lines and columns count from 1. */
    readonly line: number,
    readonly column: number,
  ) {
    super(`${line}:${column} ${problem}`);
  }
}

/** The script needs something that the stack or this runner does not have: neither passed nor failed. */
export class Unsupported extends Error {
  constructor(
    /** In a few words: 'TCP_MD5SIG'. */
    readonly what: string,
    /** The line that needs it; 0 where that is not known here. */
    readonly line = 0,
  ) {
    super(`unsupported: ${what}`);
  }
}

/** The stack did something else than the script says. */
export class Mismatch extends Error {
  constructor(
    readonly problem: string,
    /** What the script expected and what was there, in the language's own words; empty where there is nothing to compare. */
    readonly expected = '',
    readonly actual = '',
  ) {
    super(problem);
  }
}
