/** The states of a connection (RFC 9293 section 3.3.2). Plain numbers: the data path switches on them. */
export const State = {
  Closed: 0,
  Listen: 1,
  SynSent: 2,
  SynReceived: 3,
  Established: 4,
  FinWait1: 5,
  FinWait2: 6,
  CloseWait: 7,
  Closing: 8,
  LastAck: 9,
  TimeWait: 10,
} as const;

export type State = (typeof State)[keyof typeof State];

const NAMES = [
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const;

/** 'ESTABLISHED' */
export function stateName(state: State): string {
  return NAMES[state];
}

/** Whether the application may still send: before it has said that it is done. */
export function maySend(state: State): boolean {
  return state === State.Established || state === State.CloseWait;
}

/** Whether the peer may still send: its FIN has not come. */
export function mayReceive(state: State): boolean {
  return state === State.Established || state === State.FinWait1 || state === State.FinWait2;
}

/** Whether both sequence numbers are agreed on (RFC 9293 section 3.3.2's synchronized states). */
export function synchronized(state: State): boolean {
  return state >= State.Established;
}
