import { DatagramHandle } from './handle.js';
import { type DatagramHome, datagramHome, type Household } from './home.js';

/** `process.binding('udp_wrap')`, as far as it is replaced. */
export interface UdpBinding {
  UDP: new () => object;
}

/** The class that Node's dgram.js makes its handles of, for one stack. */
export function datagramHandles(home: DatagramHome): new () => DatagramHandle {
  return class UDP extends DatagramHandle {
    get resourceName(): string {
      return 'UDPWrap';
    }

    constructor() {
      super(home);
      home.handles?.add(this);
    }

    protected override released(): void {
      home.handles?.delete(this);
    }

    override hasRef(): boolean {
      return super.hasRef() && home.handles?.has(this) !== false;
    }
  };
}

/**
 * Puts a stack under Node's own dgram.js, which must not have been loaded: every datagram socket is the stack's.
 * @throws NODE_NO_UDP
 */
export function installDatagrams(binding: UdpBinding, household: Household): void {
  binding.UDP = datagramHandles(datagramHome(household));
}
