import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One import, export-from or dynamic import of a file. */
export interface ImportLine {
  /** What is imported from: './packet.js', 'inversify'. */
  readonly from: string;
  /** The names in braces; empty for a side effect, a namespace or a dynamic import. */
  readonly names: readonly string[];
  readonly line: number;
}

/** A source file of the workspace, as the rules see it. */
export interface Source {
  /** From the root, with slashes: 'packages/core/src/host.ts'. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of strings blanked; lines stay where they are. */
  readonly code: string;
  readonly imports: readonly ImportLine[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every TypeScript source under these folders of the workspace, as far as they exist. */
export function sourcesUnder(...folders: string[]): Source[] {
  return folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(list)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a package declares to the outside: its compiled declarations, for sources that still exist. */
export function declarationsOf(sources: readonly Source[]): Source[] {
  return sources.flatMap(({ path }) => {
    const compiled = path.replace('/src/', '/dist/').replace(/\.ts$/, '.d.ts');
    const file = join(root, compiled);
    return existsSync(file) ? [source(compiled, readFileSync(file, 'utf8'))] : [];
  });
}

function list(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : list(path);
    if (!/\.m?ts$/.test(entry.name)) return [];
    return [source(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'))];
  });
}

/** Reads a source from its text. */
export function source(path: string, text: string): Source {
  const code = blank(text);
  return { path, text, code, imports: importsOf(text, code) };
}

const STATEMENT =
  /\b(?:import|export)\b(?:\s+type)?\s*(?:(?:[\w$*]+(?:\s+as\s+[\w$]+)?\s*,?\s*)?(?:\{([^}]*)\})?\s*from\s*)?(['"])([^'"\n]*)\2/g;
const CALL = /\bimport\s*\(\s*(['"])([^'"\n]*)\1/g;

function importsOf(text: string, code: string): ImportLine[] {
  const found: ImportLine[] = [];
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  // `code` still has the quotes where strings are: an import statement inside a comment or a string is not there.
  const real = (index: number) => code.slice(index, index + 6) === text.slice(index, index + 6);
  for (const match of text.matchAll(STATEMENT)) {
    if (!real(match.index)) continue;
    const names = (match[1] ?? '').split(',').map((each) =>
      each
        .trim()
        .replace(/^type\s+/, '')
        .replace(/\s+as\s+.*$/s, ''),
    );
    found.push({ from: match[3], names: names.filter((each) => each !== ''), line: lineAt(match.index) });
  }
  for (const match of text.matchAll(CALL)) {
    if (real(match.index)) found.push({ from: match[2], names: [], line: lineAt(match.index) });
  }
  return found;
}

/** Comments and the insides of strings, of regular expressions too where they are easily seen, become spaces. */
function blank(text: string): string {
  const spaces = (piece: string) => piece.replace(/[^\n]/g, ' ');
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*/g,
    (piece) =>
      piece.startsWith('/') ? spaces(piece) : piece[0] + spaces(piece.slice(1, -1)) + piece[piece.length - 1],
  );
}
