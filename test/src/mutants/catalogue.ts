/** One way to break TCP: in `file` of packages/layers/dist/tcp the line part `from`, which stands there once, becomes `to`. */
export interface Mutant {
  /** What is broken, as a reviewer would say it. */
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

function mutant(file: string, name: string, from: string, to: string): Mutant {
  return { name, file: `${file}.js`, from, to };
}

/** Wrong comparisons, forgotten timers, windows that are off by one: each is the kind of mistake that people make. */
export const MUTANTS: readonly Mutant[] = [
  // Sequence numbers and windows
  mutant(
    'receive/receiver',
    'a segment that begins where the window ends is acceptable',
    'return seqAtMost(this.rcvNxt, seq) && seqBefore(seq, this.edge);',
    'return seqAtMost(this.rcvNxt, seq) && seqAtMost(seq, this.edge);',
  ),
  mutant('receive/receiver', 'one octet beyond the window is taken', 'if (excess > 0) {', 'if (excess > 1) {'),
  mutant(
    'receive/receiver',
    'old timestamps are taken (PAWS is off)',
    'return seqBefore(segment.tsVal, this.tsRecent) &&',
    'return false &&',
  ),
  mutant(
    'receive/receiver',
    'the timestamp of any segment is echoed, not that of the next one',
    'if (seqAtMost(segment.seq, this.lastAckSent) &&',
    'if (',
  ),
  mutant(
    'receive/receiver',
    'a duplicate is reported for ever',
    'this.duplicateStart = this.duplicateEnd;\n        this.lastAckSent',
    'this.lastAckSent',
  ),
  mutant(
    'segment-arrives',
    'a reset anywhere in the window is believed',
    'if (segment.seq === receiver.rcvNxt || this.resetsAt(segment.seq))',
    'if (true)',
  ),
  mutant(
    'segment-arrives',
    'an acknowledgement of the future is taken',
    'if (seqBefore(sender.sndNxt, ack) ||',
    'if (',
  ),
  mutant(
    'segment-arrives',
    'an acknowledgement that changes the window is a duplicate',
    '!sender.tellsWindow(segment.seq, window))',
    'true)',
  ),
  mutant(
    'segment-arrives',
    'an acknowledgement with data is a duplicate',
    'segment.length === 0 &&\n            (segment.flags & FIN) === 0 &&\n',
    '(segment.flags & FIN) === 0 &&\n',
  ),
  mutant(
    'segment-arrives',
    'a FIN in FIN-WAIT-1 leads to TIME-WAIT though ours is not acknowledged',
    'if (this.sender.finAcknowledged)\n                this.enterTimeWait();',
    'if (true)\n                this.enterTimeWait();',
  ),
  mutant(
    'session',
    'TIME-WAIT does not begin anew with another FIN',
    'if (fin && this.state === State.TimeWait)',
    'if (false)',
  ),
  mutant(
    'session',
    'a SYN-SENT connection takes a reset without an acknowledgement',
    'if (acks)\n                this.finish(',
    'if (true)\n                this.finish(',
  ),
  mutant(
    'session',
    'the window of a SYN-ACK is scaled',
    'this.establish(segment, segment.window);',
    'this.establish(segment, segment.window << sender.windowShift);',
  ),
  mutant(
    'send/send-space',
    'an acknowledgement that came late sets the window',
    'if (seqBefore(ack, this.sndUna))\n            return;',
    '',
  ),
  mutant(
    'send/sender',
    'one octet more than the window is sent',
    'const offered = seqDistance(this.sndNxt, seqAdd(this.sndUna, this.sndWnd));\n            const record',
    'const offered = 1 + seqDistance(this.sndNxt, seqAdd(this.sndUna, this.sndWnd));\n            const record',
  ),
  mutant('send/segmentation', 'Nagle waits for nothing', 'return facts.noDelay || !this.waits(facts);', 'return true;'),
  mutant('send/segmentation', 'each segment pushes', 'return length === facts.queued;', 'return true;'),
  mutant(
    'receive/window',
    'small windows are offered as they come (silly window)',
    'return room - facts.advertised >= step ? room : facts.advertised;',
    'return room;',
  ),
  // Timers
  mutant(
    'recovery/retransmission',
    'the retransmission timer is forgotten when an acknowledgement comes',
    'this.rtoAt = this.session.now + this.behaviour.rtt.rto;',
    'this.rtoAt = Number.POSITIVE_INFINITY;',
  ),
  mutant(
    'recovery/retransmission',
    'the retransmission timeout does not back off',
    'if (doubled)\n            rtt.backOff();\n        this.restart();',
    'this.restart();',
  ),
  mutant(
    'recovery/retransmission',
    'nobody gives up',
    'return attempts >= retryLimit;\n        //',
    'return attempts >= 1000;\n        //',
  ),
  mutant('send/sender', 'a closed window is not probed', 'this.timer.persist();', ';'),
  mutant(
    'recovery/rtt',
    'the round trip is smoothed by a quarter',
    'this.srtt += (ms - this.srtt) / (8 * share);',
    'this.srtt += (ms - this.srtt) / (4 * share);',
  ),
  mutant(
    'recovery/retransmission',
    'a receiver that lets go of what it reported is waited for',
    'sender.flight.first?.sacked === true',
    'false',
  ),
  mutant(
    'profile/linux-rtt',
    'the timeout has no lower bound',
    'this.timeoutIs(Math.min(this.srtt + this.bound, MAX_RTO));',
    'this.timeoutIs(Math.min(this.srtt + this.deviation, MAX_RTO));',
  ),
  mutant(
    'profile/linux-ack',
    'every third segment is acknowledged',
    'facts.unacknowledged > this.fullSize &&',
    'facts.unacknowledged > 2 * this.fullSize &&',
  ),
  mutant(
    'session-timers',
    'a delayed acknowledgement is delayed again by each segment',
    'anew || at < this.acknowledgement.deadline',
    'true',
  ),
  mutant(
    'session-timers',
    'keep-alive probes carry the next number, not the last',
    'seqAdd(sender.sndNxt, -1)',
    'sender.sndNxt',
  ),
  // Loss
  mutant(
    'recovery/newreno',
    'two duplicates mean loss',
    'DUPLICATES_THAT_MEAN_LOSS = 3',
    'DUPLICATES_THAT_MEAN_LOSS = 2',
  ),
  mutant(
    'recovery/newreno',
    'a partial acknowledgement repairs nothing',
    'const first = sending.flight.first;\n        if (first !== undefined)\n            sending.flight.markLost(first);\n    }\n}',
    '}\n}',
  ),
  mutant(
    'recovery/rack',
    'a tail loss is not probed',
    'this.deadline = this.probe.due(sending, now);',
    'this.deadline = Infinity;',
  ),
  mutant(
    'recovery/rack',
    'reordering has no window',
    'return Math.min((this.windowFactor * least) / 4, sending.rtt.srtt);',
    'return 0;',
  ),
  mutant('recovery/spurious', 'a recovery that was needless is not taken back', 'sending.congestion.undo();', ';'),
  mutant(
    'recovery/prr',
    'recovery sends as slow start does',
    'quota = Math.min(ssthresh - pipe, limit);',
    'quota = ssthresh - pipe;',
  ),
  mutant('recovery/sack', 'blocks beyond what was sent are believed', ' || !seqAtMost(right, sndNxt)', ''),
  mutant('receive/reassembly', 'the oldest block is reported first', 'recent.unshift(range);', 'recent.push(range);'),
  // Congestion
  mutant('profile/linux-congestion', 'a loss halves the window of CUBIC', 'const BETA = 717;', 'const BETA = 512;'),
  mutant('congestion/congestion', 'the first window has four segments', 'Math.min(10 * mss,', 'Math.min(4 * mss,'),
  mutant(
    'profile/congestion',
    'a connection that was idle sends a whole window at once',
    'control.cwnd = Math.min(cwnd, initialWindow(mss));',
    'control.cwnd = cwnd;',
  ),
  // Marks
  mutant(
    'open/agreement',
    'the options of each segment are not taken out of the MSS',
    ' - transmitter.usualOptions;',
    ';',
  ),
  mutant(
    'challenge',
    'challenges have no limit',
    'if (now - this.last < this.interval)\n            return false;',
    '',
  ),
  mutant('recovery/spurious', 'any report of a duplicate undoes a recovery', 'this.repeats === 0', 'this.repeats >= 0'),
  mutant('recovery/frto', 'what was sent once says nothing of a timeout', "return 'spurious';", "return 'unknown';"),
  mutant('authentication/md5', 'any digest is taken', 'sameDigest(digest, ', 'true || sameDigest(digest, '),
  mutant('send/path-probe', 'a probe that passes changes nothing', 'this.low = size;', ';'),
];
