import type { IpAddress } from '@netwright/core';
import { ECE } from '../header.js';
import type { OptionFacts } from '../segment/options.js';
import type { Segment } from '../segment/segment.js';
import { seqAtMost, seqBefore } from '../sequence.js';
import { AccurateReceiver } from './accurate-receiver.js';
import { AccurateSender, FIRST_ACE, Seen } from './accurate-sender.js';
import { ClassicFeedback } from './classic.js';
import { CONGESTION_EXPERIENCED, codepointOf, ECT_0, NOT_ECT } from './codepoint.js';
import {
  Answers,
  Asks,
  aceFlags,
  aceOf,
  asksAccurate,
  asksClassic,
  plausible,
  reflect,
  reflected,
} from './handshake.js';
import type { EcnPolicy } from './policy.js';

/** What both ends have agreed on. */
export const Feedback = { None: 0, Classic: 1, Accurate: 2 } as const;
export type Feedback = (typeof Feedback)[keyof typeof Feedback];

/** What has gone wrong with accurate feedback, as bits. */
export const Failed = {
  /** We have sent a SYN or SYN-ACK without AE, CWR and ECE (RFC 9768 section 3.1.5). */
  AceSent: 1,
  /** The peer has, or the path changes what they say (sections 3.2.2.3 and 3.2.2.4). */
  AceReceived: 2,
  /** Acknowledgements with the option do not arrive (section 3.2.3.2.2). */
  OptionSent: 4,
  /** The path changes the option (section 3.2.3.2.4). */
  OptionReceived: 8,
} as const;

/** What feedback is weighed by. */
interface SendingHalf {
  readonly sndNxt: number;
  /** Bytes of a full segment. */
  readonly mss: number;
  /** Bytes sent since the connection began. */
  readonly sentBytes: number;
}

/** How often a SYN asks for accurate feedback, and how often one asks for RFC 3168's (RFC 9768 section 3.1.4.1). */
const ACCURATE_TRIES = 2;
const CLASSIC_TRIES = 1;

/** Explicit congestion notification as one connection takes part in it (RFC 3168 section 6.1, RFC 9768 section 3). */
export class CongestionNotification {
  feedback: Feedback = Feedback.None;
  /** Bits of {@link Failed}. */
  failed = 0;
  /** Marked packets that came, and marked packets of ours that the peer told of. */
  receivedMarks = 0;
  deliveredMarks = 0;
  /** A capable packet has come. */
  seen = false;
  /** The peer should hear of a mark at once. */
  private urgent = false;
  /** What had been sent when we last reduced: one reaction a window (RFC 3168 section 6.1.2). */
  private answeredUpTo = 0;
  private reduced = false;
  private readonly classic = new ClassicFeedback();
  /** Both halves of accurate feedback; null without it. */
  receiving: AccurateReceiver | null = null;
  sending: AccurateSender | null = null;
  /** How the peer's SYN or SYN-ACK has arrived, and whether an acknowledgement of it says so instead of counting. */
  private peerArrivedAs = NOT_ECT;
  private reflecting = false;
  private heard = false;
  private lastStamp: number | null = null;
  /** A SYN without the flags went, or came: what follows is not capable (RFC 3168 section 6.1.1). */
  private plainSyn = false;
  /** Our SYN did not ask, since earlier ones that did got no answer; and how often one was sent. */
  private silent = false;
  private askedTimes = 0;
  /** What the peer tells of marks contradicts itself: something on the path changes it (RFC 9768 section 3.2.3.2.5). */
  private contradicted = false;

  constructor(private readonly policy: EcnPolicy) {}

  /** Both ends have agreed on it. */
  get agreed(): boolean {
    return this.feedback !== Feedback.None;
  }

  // ---- the handshake ------------------------------------------------------------------------------------------

  /** AE, CWR and ECE of our SYN, which is sent for the `times`th time. */
  askFlags(times: number, peer?: IpAddress, now = 0): number {
    const { request, fallback, tries, blockages } = this.policy;
    if (request === 'none') return 0;
    // Not asked at all: a SYN that stays unanswered now is no failure of the request.
    if (times === 1 && peer !== undefined && blockages?.blocks(peer, now) === true) this.silent = true;
    if (this.silent) return 0;
    this.askedTimes = times;
    const accurate = request === 'accurate';
    if (fallback && times > (tries ?? (accurate ? ACCURATE_TRIES : CLASSIC_TRIES))) {
      if (accurate) this.failed |= Failed.AceSent;
      this.plainSyn = true;
      return 0;
    }
    return aceFlags(accurate ? Asks.accurate : Asks.classic);
  }

  /** A SYN came; in a simultaneous open it `crossed` ours. */
  synArrived(segment: Segment, crossed: boolean): void {
    const most = crossed ? this.policy.request : this.policy.accept;
    const ace = aceOf(segment.flags);
    const codepoint = codepointOf(segment.packet);
    if (most === 'accurate' && asksAccurate(ace)) this.beginAccurate(codepoint, 1);
    else this.feedback = most !== 'none' && asksClassic(ace, codepoint) ? Feedback.Classic : Feedback.None;
  }

  /**
   * It came again: the latest counts.
   * @returns whether one asks for RFC 3168's feedback and one for accurate, of which nobody may send both: the connection
   * has to be reset (RFC 9768 section 3.1.5).
   */
  synAgain(segment: Segment): boolean {
    const ace = aceOf(segment.flags);
    if (this.feedback === Feedback.Classic) {
      if (!asksClassic(ace, codepointOf(segment.packet))) this.plainSyn = true;
      return this.policy.accept === 'accurate' && asksAccurate(ace);
    }
    if (this.feedback !== Feedback.Accurate) return false;
    this.peerArrivedAs = codepointOf(segment.packet);
    if (ace === Asks.nothing) this.failed |= Failed.AceReceived;
    return ace === Asks.classic;
  }

  /** AE, CWR and ECE of our SYN-ACK, which is sent for the `times`th time (section 3.2.3.2.2). */
  answerFlags(times: number): number {
    if (this.feedback === Feedback.Classic) return ECE;
    if (this.feedback === Feedback.None) return 0;
    if (times <= ACCURATE_TRIES) return aceFlags(reflect(this.peerArrivedAs));
    this.failed |= Failed.AceSent;
    return 0;
  }

  /** The SYN-ACK came (table 2), from `peer`. */
  synAckArrived(segment: Segment, peer?: IpAddress, now = 0): void {
    const { request, fallback, blockages } = this.policy;
    if (peer !== undefined && request !== 'none' && !this.silent) {
      if (this.plainSyn) blockages?.failed(peer, now);
      else if (this.askedTimes === 1) blockages?.passed(peer);
    }
    if (this.silent) return;
    const ace = aceOf(segment.flags);
    this.feedback = Feedback.None;
    if (request === 'none') return;
    if (request === 'classic') {
      if ((ace & 3) === Answers.classic) this.feedback = Feedback.Classic;
      return;
    }
    if (ace === Answers.nothing || ace === Answers.broken) return;
    if (ace === Answers.classic) {
      this.feedback = Feedback.Classic;
      return;
    }
    const codepoint = codepointOf(segment.packet);
    this.beginAccurate(codepoint, 2);
    this.reflecting = true;
    this.sawOption(segment);
    if (codepoint === CONGESTION_EXPERIENCED) this.countMark(1);
    // Our SYN was not capable: nobody may have marked it (section 3.2.2.3).
    if (fallback && ace !== Answers.reserved && !plausible(NOT_ECT, reflected(ace))) this.failed |= Failed.AceReceived;
  }

  /** A SYN-ACK came again: it is answered by how it has arrived, as the first one was (section 3.2.2.1). */
  synAckAgain(segment: Segment): void {
    if (this.feedback !== Feedback.Accurate) return;
    this.peerArrivedAs = codepointOf(segment.packet);
    this.reflecting = true;
    if (aceOf(segment.flags) === Answers.nothing) this.failed |= Failed.AceReceived;
  }

  /** The first segment that acknowledges our SYN-ACK came (table 3). */
  synAckAcknowledged(segment: Segment): void {
    if (this.feedback !== Feedback.Accurate) return;
    this.sawOption(segment);
    // With data, or with SACK blocks, the field counts already.
    if (segment.sequenceLength > 0 || segment.sackBlocks > 0) return;
    const ace = aceOf(segment.flags);
    const arrivedAs = reflected(ace);
    if (ace === 0) this.failed |= Failed.AceReceived;
    else if (arrivedAs >= 0 && this.policy.fallback && !plausible(NOT_ECT, arrivedAs))
      this.failed |= Failed.AceReceived;
    else if (arrivedAs === CONGESTION_EXPERIENCED) this.deliveredMarks++;
  }

  /**
   * A listener that kept nothing of a `syn` finds in its cookie whether RFC 3168 was agreed on; accurate feedback shows
   * itself in the answer, which no other peer would send (RFC 9768 section 4.1).
   */
  resumed(syn: Segment, answer: Segment): void {
    const accurate = this.policy.accept === 'accurate' && reflected(aceOf(answer.flags)) >= 0;
    if (accurate && answer.length === 0) this.beginAccurate(NOT_ECT, 1);
    else this.feedback = (syn.flags & ECE) !== 0 ? Feedback.Classic : Feedback.None;
  }

  /** The handshake is complete; `sndUna` is the first number of this end's data. */
  begin(sndUna: number): void {
    this.answeredUpTo = sndUna;
  }

  private beginAccurate(codepoint: number, wanted: number): void {
    this.feedback = Feedback.Accurate;
    this.peerArrivedAs = codepoint;
    this.receiving ??= new AccurateReceiver();
    this.receiving.begin(codepoint, wanted);
    this.sending ??= new AccurateSender();
  }

  private sawOption(segment: Segment): void {
    this.sending?.look(segment);
    if (this.sending?.options === Seen.Broken) this.failed |= Failed.OptionReceived;
  }

  // ---- receiving ----------------------------------------------------------------------------------------------

  /** An acceptable segment came, perhaps marked on its way. */
  arrived(segment: Segment): void {
    if (this.feedback === Feedback.None) return;
    const codepoint = codepointOf(segment.packet);
    const marked = codepoint === CONGESTION_EXPERIENCED;
    const size = segment.packet?.segmentSize ?? 0;
    const segments = size > 0 ? Math.max(1, Math.ceil(segment.length / size)) : 1;
    if (marked) this.receivedMarks += segments;
    if (this.receiving !== null && this.feedback === Feedback.Accurate) {
      if (codepoint !== NOT_ECT) this.seen = true;
      this.receiving.arrived(codepoint, segment.length, segments);
    } else {
      if (codepoint !== NOT_ECT && segment.length > 0) this.seen = true;
      if (this.classic.arrived(segment.flags, marked)) this.urgent = true;
    }
  }

  /** Data came again that was there already; `old` where an acknowledgement had covered it before the last one. */
  repeated(segment: Segment, old: boolean): void {
    // Section 3.2.3.2.2: what reported it, with the option, did not arrive.
    if (this.receiving?.repeats(segment.seq) === true) this.failed |= Failed.OptionSent;
    if (!old) this.arrived(segment);
  }

  /** Whether marks, or a change of the ECN field, call for an acknowledgement now (section 3.2.2.5.1). */
  callsForAck(data: boolean): boolean {
    const { receiving, policy } = this;
    if (receiving === null) return data && this.urgent;
    if (!data) return receiving.untold >= policy.marksWithoutData;
    return receiving.changed || receiving.untold >= policy.marksWithData;
  }

  private countMark(packets: number): void {
    this.receivedMarks += packets;
    if (this.receiving !== null) this.receiving.untold += packets;
  }

  // ---- sending ------------------------------------------------------------------------------------------------

  /** AE, CWR and ECE for a segment that leaves; `fresh` with data sent for the first time, `bare` with nothing but an ACK. */
  flags(fresh: boolean, bare: boolean): number {
    if (this.feedback !== Feedback.Accurate) return this.agreed ? this.classic.flags(fresh) : 0;
    const { reflecting } = this;
    this.reflecting = false;
    if (reflecting && bare) return aceFlags(reflect(this.peerArrivedAs));
    return aceFlags(FIRST_ACE + this.receivedMarks);
  }

  /** IP's ECN field of a segment that leaves. */
  codepoint(fresh: boolean): number {
    // RFC 3168 section 6.1.5: retransmissions and pure acknowledgements are not capable.
    if (this.feedback !== Feedback.Accurate) return this.agreed && fresh && !this.plainSyn ? ECT_0 : NOT_ECT;
    const trusted = (this.failed & (Failed.AceSent | Failed.AceReceived)) === 0 && !this.contradicted;
    return trusted ? this.policy.codepoint : NOT_ECT;
  }

  /** Whether options want planning: see {@link plan}. */
  get accurate(): boolean {
    return this.feedback === Feedback.Accurate;
  }

  /** Bytes that the option adds to the next segment. */
  get optionSize(): number {
    return this.receiving === null ? 0 : this.receiving.size;
  }

  /** Decides on the option of the next segment; `used` bytes are those of other options but SACK. */
  plan(facts: OptionFacts, used: number, now: number, srtt: number): void {
    const { receiving, sending, policy } = this;
    facts.accEcn = null;
    if (receiving === null || sending === null) return;
    receiving.drop();
    if (policy.option === 'never' || sending.options === Seen.Nothing || !this.accurate) return;
    if (policy.option !== 'persistent' && (this.failed & Failed.OptionSent) !== 0) return;
    const beacon = policy.beacon > 0 && receiving.silence(now) * policy.beacon >= srtt;
    facts.sackBlocks = receiving.plan(used, facts.sackBlocks, policy.option !== 'sparing' || beacon);
    if (receiving.fields >= 0) facts.accEcn = receiving;
  }

  /** The next segment goes without the option after all. */
  withhold(facts: OptionFacts): void {
    facts.accEcn = null;
    this.receiving?.drop();
  }

  /** The same for our SYN-ACK, sent for the `times`th time: the first alone carries it (section 3.2.3.2.2). */
  planAnswer(facts: OptionFacts, times: number): void {
    const { receiving } = this;
    facts.accEcn = null;
    if (receiving === null || !this.accurate || this.policy.option === 'never' || times > 1) return;
    const { timestamps, sackPermitted, windowScale, cookie } = facts;
    let used = 4 + (timestamps ? 12 : sackPermitted ? 4 : 0) + (windowScale >= 0 ? 4 : 0);
    if (cookie !== null) used += (cookie.length + (facts.experimentalCookie ? 7 : 5)) & ~3;
    receiving.planHandshake(used, sackPermitted && !timestamps ? 2 : windowScale >= 0 ? 1 : 0);
    if (receiving.fields >= 0) facts.accEcn = receiving;
  }

  /** A segment has left; beside the report of a `duplicate`, or null. */
  told(now: number, duplicate: number | null): void {
    this.urgent = false;
    this.receiving?.told(now, duplicate);
  }

  // ---- what the peer says -------------------------------------------------------------------------------------

  /**
   * A segment acknowledges so many `packets` and `bytes` for the first time.
   * @param reliable whether `packets` can be believed: nothing is missing, or SACK says what.
   * @returns whether it asks to reduce: once a window.
   */
  reports(segment: Segment, packets: number, bytes: number, sender: SendingHalf, reliable: boolean): boolean {
    if (this.feedback === Feedback.None) return false;
    const marks =
      this.feedback === Feedback.Accurate
        ? this.accurateMarks(segment, packets, bytes, sender, reliable)
        : (segment.flags & ECE) !== 0
          ? Math.max(packets, 1)
          : 0;
    if (marks === 0) return false;
    this.deliveredMarks += this.feedback === Feedback.Accurate ? marks : packets;
    if (seqAtMost(segment.ack, this.answeredUpTo)) return false;
    this.answeredUpTo = sender.sndNxt;
    this.reduced = this.classic.reduced = true;
    return true;
  }

  /** Whether a segment echoes congestion as RFC 3168 has it. */
  echoes(segment: Segment): boolean {
    return this.feedback === Feedback.Classic && (segment.flags & ECE) !== 0;
  }

  /** Whether the window is still the one in which we have reduced. */
  reducing(sndUna: number): boolean {
    return this.reduced && seqBefore(sndUna, this.answeredUpTo);
  }

  private accurateMarks(
    segment: Segment,
    packets: number,
    bytes: number,
    { mss, sentBytes }: SendingHalf,
    reliable: boolean,
  ): number {
    const { sending } = this;
    if (sending === null || (this.failed & Failed.AceReceived) !== 0) return 0;
    // What tells nothing new may have been overtaken: its counters are old (section 3.2.2.5.2).
    const later = segment.hasTimestamp && (this.lastStamp === null || seqBefore(this.lastStamp, segment.tsVal));
    if (segment.hasTimestamp && later) this.lastStamp = segment.tsVal;
    if (packets === 0 && bytes === 0 && !later) return 0;
    if (!this.heard) {
      this.heard = true;
      // Section 3.2.2.4: the counter begins with 5, and fewer than three marks do not bring it to 0.
      if (aceOf(segment.flags) === 0 && packets < 3) {
        this.failed |= Failed.AceReceived;
        return 0;
      }
    }
    const marks = sending.marks(segment, packets, bytes, this.deliveredMarks, mss, sentBytes, reliable);
    if (sending.contradicts(segment, packets, this.deliveredMarks + marks)) this.contradicted = true;
    if (sending.options === Seen.Broken) this.failed |= Failed.OptionReceived;
    return marks;
  }
}

/**
 * AE, CWR and ECE of a SYN-ACK whose sender keeps nothing of the connection: that RFC 3168 was agreed on it must find
 * in its cookie, and can where it is `remembered`; accurate feedback it recognises (see {@link CongestionNotification.resumed}).
 */
export function answerOfNobody(syn: Segment, { accept }: EcnPolicy, remembered: boolean): number {
  const ace = aceOf(syn.flags);
  const codepoint = codepointOf(syn.packet);
  if (accept === 'accurate' && asksAccurate(ace)) return aceFlags(reflect(codepoint));
  return remembered && accept !== 'none' && asksClassic(ace, codepoint) ? ECE : 0;
}
