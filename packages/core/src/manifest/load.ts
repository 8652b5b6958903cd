import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { fail, type Place } from '../errors.js';
import { ManifestError, type ManifestPath, Problems, schemaProblems, shapeProblem } from './problems.js';
import { type CheckedLab, type CheckedStack, labSchema, stackSchema } from './schema.js';
import { applySettings, type Setting } from './settings.js';

interface ManifestSource {
  /** As errors name it: 'demo.yaml'; '' where the manifest is an object of the program. */
  readonly file: string;
  /** Where a key or list item stands; where it does not exist, the nearest thing around it. Undefined for objects. */
  place(path: ManifestPath): Place | undefined;
}

/** A manifest whose shape is sound; what its names mean is checked when it is built. */
export type Manifest =
  | (ManifestSource & { readonly kind: 'stack'; readonly value: CheckedStack })
  | (ManifestSource & { readonly kind: 'lab'; readonly value: CheckedLab });

/** A manifest before it is loaded: YAML or JSON text, or an object. */
export type ManifestInput = string | object;

/**
 * Reads a manifest and checks its shape. A manifest with `topology` is a lab, any other is one stack.
 * @param source YAML or JSON text, or an object written in a program.
 * @param file what errors call it.
 * @param settings values that are replaced before the manifest is checked.
 * @throws ManifestError with every problem: MANIFEST_SYNTAX, MANIFEST_SHAPE; SETTING_PATH.
 */
export function loadManifest(
  source: ManifestInput,
  file = typeof source === 'string' ? 'manifest' : '',
  settings: readonly Setting[] = [],
): Manifest {
  if (isManifest(source)) return source;
  const { value: raw, place } =
    typeof source === 'string' ? readText(source, file) : { value: source, place: () => undefined };
  const value = applySettings(raw, settings);
  const isLab = typeof value === 'object' && value !== null && 'topology' in value;
  const schema = isLab ? labSchema : stackSchema;
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = new Problems();
    for (const each of schemaProblems(schema, value, result.error)) problems.add(shapeProblem(each, place(each.path)));
    throw new ManifestError(problems.sorted());
  }
  return { kind: isLab ? 'lab' : 'stack', value: result.data, file, place } as Manifest;
}

/** Whether something has been loaded already. */
function isManifest(source: unknown): source is Manifest {
  return typeof source === 'object' && source !== null && 'kind' in source && 'place' in source;
}

function readText(text: string, file: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0) {
    throw new ManifestError(
      document.errors.map((each) =>
        fail('MANIFEST_SYNTAX', { problem: each.message.replace(/\.$/, '') }, at(each.pos[0])),
      ),
    );
  }
  const place = (path: ManifestPath): Place => {
    let node: Node | null = document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document) ?? null;
      if (isSeq(node)) {
        node = (node.items[Number(step)] as Node | undefined) ?? null;
        offset = node?.range?.[0] ?? offset;
      } else if (isMap(node)) {
        const pair = node.items.find((each) => String(isScalar(each.key) ? each.key.value : each.key) === String(step));
        const key = pair?.key as Node | undefined;
        node = (pair?.value as Node | null | undefined) ?? null;
        offset = key?.range?.[0] ?? offset;
      } else break;
      if (node === null) break;
    }
    return at(offset);
  };
  return { value: document.toJS() as unknown, place };
}
