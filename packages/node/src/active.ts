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

/**
 * Lets `process.getActiveResourcesInfo()` and `process._getActiveHandles()` name the handles of a stack, and not the
 * timer that keeps the process running for them.
 * @param holding whether that timer runs.
 */
export function listActive(handles: ReadonlySet<ActiveHandle>, holding: () => boolean): void {
  const listed = process as unknown as ActiveProcess;
  const { getActiveResourcesInfo, _getActiveHandles } = listed;
  listed.getActiveResourcesInfo = () => {
    const names = getActiveResourcesInfo.call(process);
    const timer = holding() ? names.indexOf('Timeout') : -1;
    if (timer >= 0) names.splice(timer, 1);
    for (const each of handles) if (each.hasRef()) names.push(each.resourceName);
    return names;
  };
  listed._getActiveHandles = () => [
    ..._getActiveHandles.call(process),
    ...[...handles].filter((each) => each.hasRef()).map(ownerOf),
  ];
}

/** The socket or server that net.js has made a handle for. */
function ownerOf(handle: ActiveHandle): unknown {
  const symbol = Object.getOwnPropertySymbols(handle).find((each) => each.description === 'owner_symbol');
  return symbol === undefined ? handle : ((handle as unknown as Record<symbol, unknown>)[symbol] ?? handle);
}
