import type { Application, LabResult } from '@netwright/core';

/** Why applications could not do what they were started for, by name. */
export function failuresOf(apps: Iterable<readonly [string, Application]>): Record<string, string> {
  const failures: Record<string, string> = {};
  for (const [name, app] of apps) {
    const why = app.failure?.() ?? null;
    if (why !== null) failures[name] = why;
  }
  return failures;
}

/** Those that count: where the manifest says what an application should have come to, that decides. */
export function unjudged(
  failures: Readonly<Record<string, string>>,
  { validation }: LabResult,
): Record<string, string> {
  const judged = new Set(validation.map(({ text }) => text));
  return Object.fromEntries(Object.entries(failures).filter(([name]) => !judged.has(name)));
}
