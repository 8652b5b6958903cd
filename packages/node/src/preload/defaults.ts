/**
 * @packageDocumentation
 * What the late stack has in the place of zod, which is larger than the stack: nobody but us chooses its options, so that
 * they need their defaults, and no check.
 */

/** Fills in what was left out. */
type Read = (given: unknown) => unknown;

interface Schema {
  parse: Read;
}

function schema(parse: Read): Schema {
  return new Proxy(
    { parse },
    {
      get(target, name, self) {
        if (name === 'parse') return target.parse;
        if (name === 'default')
          return (value: unknown) => schema((given) => (given === undefined ? value : parse(given)));
        if (name === 'prefault')
          return (value: unknown) => schema((given) => parse(given === undefined ? value : given));
        // Whatever narrows it down.
        return () => self;
      },
    },
  );
}

function strictObject(shape: Record<string, Schema>): Schema {
  return schema((given) => {
    if (given === undefined) return undefined;
    const read = Object.entries(shape).map(([key, each]) => [key, each.parse((given as Record<string, unknown>)[key])]);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  });
}

const others = { get: () => () => schema((given) => given) };
export const z: object = new Proxy(
  { strictObject, object: strictObject },
  {
    get: (target, name) => Reflect.get(target, name) ?? others.get(),
  },
);
