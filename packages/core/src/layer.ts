import { injectable } from 'inversify';
import { fail } from './errors.js';
import type { Fields } from './manifest/expression.js';
import type { Packet } from './packet/packet.js';
import { type Token, token } from './token.js';

/** One place where a layer fits: the layer below, and the key under which that one finds it. */
export interface LayerBinding {
  /** The name of the layer below: 'ipv4'. */
  readonly layer: string;
  /** EtherType, IP protocol number or port; absent where the layer below does not choose by number. */
  readonly key?: number;
}

/** What a layer says of itself. */
export interface LayerDeclaration {
  /** As manifests write it: 'tcp'. */
  readonly name: string;
  /** Layers it runs over; at least one of them must be in the stack, and each that is gets bound. None: it sits on the interfaces. */
  readonly over: readonly LayerBinding[];
}

/** The token under which a stack's layer of this name is found by others: `@inject(layerToken<Udp>('udp'))`. */
export function layerToken<L extends Layer = Layer>(name: string): Token<L> {
  return token<L>(`layer.${name}`);
}

const declarations = new WeakMap<object, LayerDeclaration>();

/**
 * Declares a layer: `@layer({ name: 'tcp', over: [{ layer: 'ipv4', key: 6 }] })`. The class is injectable from then on.
 */
export function layer(declaration: LayerDeclaration): ClassDecorator {
  return (target) => {
    declarations.set(target, declaration);
    injectable()(target);
  };
}

/**
 * What a layer class declares, itself or through a class it extends.
 * @throws LAYER_UNDECLARED
 */
export function declarationOf(layerClass: object): LayerDeclaration {
  for (let each: object | null = layerClass; each !== null; each = Object.getPrototypeOf(each)) {
    const declared = declarations.get(each);
    if (declared !== undefined) return declared;
  }
  throw fail('LAYER_UNDECLARED', { class: (layerClass as { name?: string }).name ?? 'a class' });
}

/**
 * A protocol of the stack.
 *
 * Packets go up through `receive`, which takes ownership, and down through the `send` of the layer below, whose shape
 * is that layer's own. Each class has its own `receive`: a shared one would make every call of it slow.
 */
export abstract class Layer {
  readonly declaration: LayerDeclaration = declarationOf(this.constructor);
  /** Layers above, by key: EtherType, protocol or port. */
  readonly uppers = new Map<number, Layer>();
  /** All layers above, in the order in which they were registered. */
  readonly above: Layer[] = [];
  /** The layers below. */
  readonly below: Layer[] = [];

  get name(): string {
    return this.declaration.name;
  }

  /** A packet from below; takes ownership. `packet.start` is the first byte of this layer's header. */
  abstract receive(packet: Packet): void;

  /** Called when `lower` has taken this layer on: keep what you need of it. */
  attached(_lower: Layer): void {}

  /** Called in order, the lowest layer first, once the interfaces are open. */
  start(): void | Promise<void> {}

  /** Called in reverse order while the interfaces are still open: say goodbye, let go of everything. */
  stop(): void | Promise<void> {}

  /**
   * What may be seen of its state by those who watch, under names that stay: 'held.connections', '10.0.0.2:80.state'.
   * What begins with `held.` counts things that it has taken and must let go of: after `stop` each is 0.
   */
  inspect(): Fields {
    return {};
  }

  /**
   * Puts `upper` on top of this layer, under the key that it declares for it.
   * @throws LAYER_NOT_BOUND, LAYER_KEY_TAKEN
   */
  registerLayer(upper: Layer): this {
    const binding = upper.declaration.over.find((each) => each.layer === this.name);
    if (binding === undefined) {
      const declared = upper.declaration.over.map((each) => `"${each.layer}"`).join(', ') || 'nothing';
      throw fail('LAYER_NOT_BOUND', { upper: upper.name, lower: this.name, declared });
    }
    if (binding.key !== undefined) {
      const taken = this.uppers.get(binding.key);
      if (taken !== undefined) {
        throw fail('LAYER_KEY_TAKEN', { first: taken.name, second: upper.name, key: binding.key, lower: this.name });
      }
      this.uppers.set(binding.key, upper);
    }
    this.above.push(upper);
    upper.below.push(this);
    upper.attached(this);
    return this;
  }

  /** Takes `upper` off again. */
  unregisterLayer(upper: Layer): void {
    for (const [key, each] of this.uppers) if (each === upper) this.uppers.delete(key);
    remove(this.above, upper);
    remove(upper.below, this);
  }
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
