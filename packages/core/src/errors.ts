/** Where a problem lies: a place in a manifest. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** 'demo.yaml:12:7' */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** What one code of a catalogue says; `{name}` in the texts is replaced by the parameter of that name. */
export interface ErrorEntry {
  /** What happened. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Misuse by the program, with a code: expected bad input from the network is a value and a counter instead. */
export class NetwrightError extends Error {
  override readonly name = 'NetwrightError';

  constructor(
    /** A code of a catalogue; the list is docs/errors.md. */
    readonly code: string,
    /** What happened, in one sentence. */
    readonly what: string,
    /** What to do about it. */
    readonly remedy: string,
    /** The place in the manifest that led here, where there is one. */
    readonly place?: Place,
    options?: ErrorOptions,
  ) {
    super(`${code} ${place === undefined ? '' : `${formatPlace(place)} `}${what} ${remedy}`, options);
  }
}

const catalogue = new Map<string, ErrorEntry>();

/** Every code that a package has declared: the documentation is made from it. */
export function allErrors(): ReadonlyMap<string, ErrorEntry> {
  return catalogue;
}

/**
 * Declares a package's error codes and gives the function that makes them:
 * `const fail = errorCatalogue({ NO_SUCH_LAYER: { what: '…"{layer}"…', remedy: '…' } }); throw fail('NO_SUCH_LAYER', { layer })`.
 */
export function errorCatalogue<C extends Record<string, ErrorEntry>>(
  entries: C,
): (code: keyof C & string, values?: Record<string, unknown>, place?: Place, cause?: unknown) => NetwrightError {
  for (const [code, entry] of Object.entries(entries)) catalogue.set(code, entry);
  return (code, values = {}, place, cause) => {
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key]));
    const { what, remedy } = entries[code];
    return new NetwrightError(code, fill(what), fill(remedy), place, cause === undefined ? undefined : { cause });
  };
}

/** The codes of the core. */
export const fail = errorCatalogue({
  LAYER_UNDECLARED: {
    what: 'The class {class} is used as a layer but declares nothing.',
    remedy:
      "Put @layer({ name: '…', over: [{ layer: '…', key: … }] }) on the class. If it has one, its package has another copy of @netwright/core: let both use the same.",
  },
  LAYER_NOT_BOUND: {
    what: 'Layer "{upper}" does not declare that it runs over "{lower}".',
    remedy: 'Add { layer: "{lower}", key: … } to its `over`, or register it on one of: {declared}.',
  },
  LAYER_KEY_TAKEN: {
    what: 'Layers "{first}" and "{second}" both bind to key {key} of "{lower}".',
    remedy: 'Leave one of them out, or give one another key.',
  },
  STACK_LOWER_MISSING: {
    what: 'Layer "{upper}" binds over {lowers}, but no layer of that name is in the stack.',
    remedy: 'Add {names} to `layers`, or use a plugin that provides it.',
  },
  STACK_LAYER_TWICE: {
    what: 'Layer "{layer}" is listed twice.',
    remedy: 'Remove one of the two.',
  },
  STACK_LAYER_CYCLE: {
    what: 'These layers run over each other in a circle: {cycle}.',
    remedy: 'Change the `over` declaration of one of them.',
  },
  STACK_LAYER_UNKNOWN: {
    what: 'No plugin provides a layer "{layer}".',
    remedy: '{nearest}Known layers: {known}. Or add the plugin that provides it to `plugins`.',
  },
  STACK_RESOLVE: {
    what: '{thing} could not be made: {problem}.',
    remedy: 'Add the layer or plugin that provides what is missing, or bind it.',
  },
  STACK_STARTED: {
    what: 'The stack "{stack}" was already started.',
    remedy: 'Build a new stack: a stack is started once and stopped once.',
  },
  STACK_STOPPED: {
    what: 'The stack "{stack}" was stopped before it had started.',
    remedy: 'Await start() before stop(), or take this as the answer to your stop().',
  },
  PLUGIN_UNKNOWN: {
    what: 'The plugin "{plugin}" could not be loaded: {cause}.',
    remedy: '{nearest}Give a path that starts with "./", or the name of an installed package that exports a plugin.',
  },
  PLUGIN_SHAPE: {
    what: 'The plugin "{plugin}" is not declared as plugins are: {problem}.',
    remedy: '{nearest}A plugin has: {known}.',
  },
  PLUGIN_OPTIONS: {
    what: 'Option {option} of "{plugin}": {problem}.',
    remedy: '{nearest}{expected}Options of "{plugin}": {known}.',
  },
  IMPLEMENTATION_UNKNOWN: {
    what: 'No plugin provides an implementation "{name}" for token "{token}".',
    remedy: '{nearest}Known for "{token}": {known}. Or add the plugin that provides it to `plugins`.',
  },
  TOKEN_UNKNOWN: {
    what: 'There is no token "{token}" to override.',
    remedy: '{nearest}`netwright graph` lists them all.',
  },
  TOKEN_BOUND_TWICE: {
    what: 'Plugins "{first}" and "{second}" both bind token "{token}".',
    remedy: 'Leave one of them out, or let the second one offer an implementation and choose it with `override`.',
  },
  OVERRIDE_SCOPE: {
    what: 'Token "{token}" belongs to the whole stack and cannot be overridden for one socket.',
    remedy: 'Move it to the `override` of the stack.',
  },
  OVERRIDE_LOST_INJECTION: {
    what: '{class} extends {base}, which takes {count} injected arguments, but declares none itself: they would all be undefined.',
    remedy: 'Put @injectable() and @injectFromBase({ extendConstructorArguments: true }) on {class}.',
  },
  MANIFEST_KIND: {
    what: 'This manifest describes {kind}, not {wanted}.',
    remedy: 'A lab has `topology`, a stack has `layers`: call {call} for this one.',
  },
  MANIFEST_SYNTAX: { what: '{problem}.', remedy: 'Correct the YAML.' },
  MANIFEST_SHAPE: { what: '{path}: {problem}.', remedy: '{expected}' },
  SETTING_PATH: {
    what: 'The manifest has no place "{path}": {problem}.',
    remedy: 'Write keys and list indices, joined by dots: links.0.loss, nodes.srv.apps.1.bytes, sim.stop_time.',
  },
  EXPRESSION_SYNTAX: {
    what: 'The expression "{text}" cannot be read at character {at}: {problem}.',
    remedy: 'Compare fields with values, such as tcp.flags == SA && tcp.srcport == 7777; operators: {operators}.',
  },
  VALIDATE_FIELDS: {
    what: '`validate` asks about frames, but nothing here can take frames apart.',
    remedy: 'Add a plugin that implements token "frame.fields", or pass `fields` to buildLab.',
  },
  LAB_NODE_UNKNOWN: {
    what: 'There is no node "{node}".',
    remedy: '{nearest}Nodes: {known}.',
  },
  LAB_APP_UNKNOWN: {
    what: 'There is no application "{app}".',
    remedy: '{nearest}Applications: {known}. Write node/application; `as` gives an application its name.',
  },
  LAB_INTERFACE_UNKNOWN: {
    what: 'Node "{node}" has no interface "{interface}".',
    remedy: '{nearest}Interfaces of "{node}": {known}. Add it to the `interfaces` of the node.',
  },
  LAB_INTERFACE_TAKEN: {
    what: 'Interface "{endpoint}" is on two links.',
    remedy: 'An interface has one link: give the node another interface.',
  },
  LAB_INTERFACE_OPEN: {
    what: 'Interface "{endpoint}" has neither a link nor a device.',
    remedy: 'Add it to the endpoints of a link, or give it a `device`.',
  },
  LAB_STUCK: {
    what: 'At {time} ms nothing more happens, and {what} still waits.',
    remedy: 'Something awaits an event that no timer and no packet will bring: look at what it awaits.',
  },
  ADDRESS_MALFORMED: {
    what: '"{text}" is not an address.',
    remedy: 'Write 10.0.0.1, 10.0.0.1/24 or fe80::1/64.',
  },
});
