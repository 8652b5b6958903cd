import { WHY } from '../reasons.js';
import type { TcpSession } from '../session.js';

/** What a sender believes of the path, by Linux's names. */
export const CongestionState = {
  /** Nothing is wrong. */
  Open: 'Open',
  /** Something has arrived out of order, or twice: it may be a loss. */
  Disorder: 'Disorder',
  /** A mark reduces the window (RFC 3168). */
  CWR: 'CWR',
  /** A loss is repaired that acknowledgements have told of. */
  Recovery: 'Recovery',
  /** The retransmission timer has expired, and what was sent before is not acknowledged yet. */
  Loss: 'Loss',
} as const;
export type CongestionState = (typeof CongestionState)[keyof typeof CongestionState];

/** What it is just now; nothing on the data path keeps it. */
export function congestionStateOf({ sender, behaviour, ecn }: TcpSession): CongestionState {
  const { flight, timer, opened, sndUna } = sender;
  const { recovery } = behaviour;
  // A window probe backs off, too, and is no loss.
  const expired = timer.backoffs > 0 && flight.count > 0;
  if (expired || (opened && recovery.timedOut === true)) return CongestionState.Loss;
  if (recovery.recovering) return CongestionState.Recovery;
  if (flight.lostCount > 0) return CongestionState.Loss;
  if (sender.marked.active || ecn.reducing(sndUna)) return CongestionState.CWR;
  // Linux calls it so, too, when the path takes smaller packets only (RFC 1191), though its window stays.
  const again = flight.first?.retransmitted === true && opened;
  if (again && sender.lostFor === WHY.retransmitSmaller) return CongestionState.Loss;
  return flight.sackedCount > 0 || recovery.departed > 0 || again ? CongestionState.Disorder : CongestionState.Open;
}
