/** What lists of active things are told of a handle. */
export interface ActiveHandle {
  /** 'TCPSocketWrap' */
  readonly resourceName: string;
  hasRef(): boolean;
}

/** What Node lists of the process, with our handles in the place of the native ones. */
interface ActiveProcess {
  getActiveResourcesInfo(): string[];
  _getActiveHandles(): unknown[];
}

/** Handles of a stack, and what keeps the process running for them. */
export interface ActiveHandles {
  readonly handles: ReadonlySet<ActiveHandle>;
  readonly awake: { readonly holding: boolean };
  /** Immediates of ours that have not come. */
  readonly immediates: { readonly pending: number };
}

/**
 * Lets `process.getActiveResourcesInfo()` and `process._getActiveHandles()` name the handles of a stack, and not the
 * port that keeps the process running for them.
 * @param active nothing while there is no stack.
 */
export function listActive(port: object, active: () => ActiveHandles | undefined): void {
  const listed = process as unknown as ActiveProcess;
  const { getActiveResourcesInfo, _getActiveHandles } = listed;
  const referenced = () => [...(active()?.handles ?? [])].filter((each) => each.hasRef());
  listed.getActiveResourcesInfo = () => {
    const names = getActiveResourcesInfo.call(process);
    const own = active()?.awake.holding === true ? names.indexOf('MessagePort') : -1;
    if (own >= 0) names.splice(own, 1);
    for (let i = active()?.immediates.pending ?? 0; i > 0; i--) {
      const at = names.indexOf('Immediate');
      if (at >= 0) names.splice(at, 1);
    }
    for (const each of referenced()) names.push(each.resourceName);
    return names;
  };
  listed._getActiveHandles = () => {
    const others = _getActiveHandles.call(process).filter((each) => each !== port);
    return [...others, ...referenced().map(ownerOf)];
  };
}

/** The socket or server that net.js has made a handle for. */
function ownerOf(handle: ActiveHandle): unknown {
  const symbol = Object.getOwnPropertySymbols(handle).find((each) => each.description === 'owner_symbol');
  return symbol === undefined ? handle : ((handle as unknown as Record<symbol, unknown>)[symbol] ?? handle);
}
