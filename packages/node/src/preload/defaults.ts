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

function preprocess(prepare: Read, then: Schema): Schema {
  return schema((given) => then.parse(prepare(given ?? {})));
}

/** What has no default by itself. Any other word of zod would be misread in silence: it is an error. */
const PLAIN =
  'any array boolean custom discriminatedUnion enum instanceof int literal number record string tuple union unknown';
const plain = PLAIN.split(' ').map((name) => [name, () => schema((given) => given)]);

export const z: object = new Proxy<Record<string, unknown>>(
  { ...Object.fromEntries(plain), strictObject, object: strictObject, preprocess },
  {
    get(target, name) {
      if (!Object.hasOwn(target, name)) throw new Error(`preload/defaults.ts does not know z.${String(name)}`);
      return Reflect.get(target, name);
    },
  },
);
