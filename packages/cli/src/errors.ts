import { errorCatalogue, type NetwrightError } from '@netwright/core';

/** The codes of the command. */
export const fail = errorCatalogue({
  FILE_UNREADABLE: {
    what: '"{file}" cannot be read: {cause}.',
    remedy: 'Check the path; it is taken from the current folder.',
  },
  MANIFEST_MODULE: {
    what: '"{file}" exports no manifest.',
    remedy: 'Export it by name: `export const manifest = { layers: […] }`.',
  },
  PLUGIN_NOT_FOUND: {
    what: '"{specifier}" was not found from {from}.',
    remedy:
      'Give a path that starts with "./", from the folder of the manifest, or install the package beside the manifest.',
  },
  MANIFEST_NO_SIM: {
    what: '{use} needs a lab on virtual time.',
    remedy: 'Give it a manifest that has `topology` and `sim`.',
  },
  SWEEP_MERGE: {
    what: 'These reports are not the shards of one sweep: {problem}.',
    remedy: 'Merge the reports of all shards, each once, of the same manifest, seeds and version.',
  },
  REPORT_MALFORMED: {
    what: '"{file}" is no report of a sweep.',
    remedy: 'Give what `netwright sweep --json` has written.',
  },
  BREAK_NEVER: {
    what: 'At no time up to {time} ms was it true that {expression}.',
    remedy: 'Fields are named node.layer.field: {fields}.',
  },
  OPTION_MALFORMED: {
    what: '"{value}" is no value for {option}.',
    remedy: 'Write {expected}.',
  },
});

/** Errors about how the command was called, not about what it was given: exit code 2. */
export function isMisuse(error: NetwrightError): boolean {
  return ['FILE_UNREADABLE', 'OPTION_MALFORMED', 'MANIFEST_NO_SIM', 'SWEEP_MERGE', 'REPORT_MALFORMED'].includes(
    error.code,
  );
}

/** What the system says about a file, which it names once more: 'ENOENT: no such file or directory'. */
export function systemMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/, \w+( '.*')?$/, '');
}
