// What a random script takes for granted: sysctls, socket options, and what the handshake agrees on.

const sysctl = (name, value) => `sysctl -q net.ipv4.${name}=${value}`;

/** Sysctls that change what an established connection does, and values that are worth it. */
const SYSCTLS = {
  tcp_recovery: [0, 1, 1, 2, 4, 5],
  tcp_early_retrans: [0, 3, 3],
  tcp_frto: [0, 2, 2],
  tcp_slow_start_after_idle: [0, 1],
  tcp_reordering: [3, 3, 5],
  tcp_congestion_control: ['reno', 'cubic'],
  tcp_min_tso_segs: [1, 2],
};

const OPTIONS = {
  TCP_NODELAY: ['SOL_TCP', [1]],
  SO_RCVBUF: ['SOL_SOCKET', [2000, 5000, 20000, 100000]],
  SO_SNDBUF: ['SOL_SOCKET', [5000, 20000, 100000]],
  TCP_WINDOW_CLAMP: ['SOL_TCP', [3000, 20000]],
  TCP_NOTSENT_LOWAT: ['SOL_TCP', [1000, 10000]],
  TCP_USER_TIMEOUT: ['SOL_TCP', [700, 2000]],
  TCP_THIN_LINEAR_TIMEOUTS: ['SOL_TCP', [1]],
};
const KEEPALIVE = { TCP_KEEPIDLE: 1, TCP_KEEPINTVL: 1, TCP_KEEPCNT: 2 };

/** What each kind of script is made of, and how often. */
const KINDS = {
  sends: { write: 3, receive: 9, odd: 1, idle: 1.2, data: 0.4, window: 0.4, option: 0.3, close: 0.15 },
  receives: { data: 9, read: 4, odd: 1, idle: 1, write: 0.7, receive: 0.7, option: 0.3, close: 0.15 },
  mixed: { write: 3, receive: 4, data: 4, read: 2, odd: 1.5, idle: 1, window: 0.6, option: 0.5, close: 0.2 },
  narrow: { write: 3, receive: 5, window: 4, odd: 1, idle: 2, data: 0.6, option: 0.3, close: 0.2 },
  ends: { write: 2, receive: 4, data: 3, read: 1, odd: 1.5, idle: 1, close: 2 },
};

export function planOf(dice) {
  const init = [sysctl('tcp_comp_sack_nr', 0)];
  for (const [name, values] of Object.entries(SYSCTLS))
    if (dice.chance(0.25)) init.push(sysctl(name, dice.one(values)));
  const sack = dice.chance(0.8);
  const timestamps = dice.chance(0.4);
  const scales = dice.chance(0.7);
  const peerShift = scales ? dice.one([0, 2, 7, 7, 10]) : 0;
  const ecn = dice.chance(0.12);
  if (ecn) init.push(sysctl('tcp_ecn', 1));
  const options = [];
  for (const [name, [level, values]] of Object.entries(OPTIONS))
    if (dice.chance(0.07)) options.push([level, name, dice.one(values)]);
  if (dice.chance(0.06)) {
    options.push(['SOL_SOCKET', 'SO_KEEPALIVE', 1]);
    for (const [name, value] of Object.entries(KEEPALIVE)) options.push(['SOL_TCP', name, value]);
  }
  const kind = dice.weighted({ sends: 4, receives: 2.5, mixed: 2, narrow: 1.5, ends: 1.5 });
  return {
    init,
    options,
    kind,
    weights: KINDS[kind],
    active: dice.chance(0.15),
    mss: dice.one([1000, 1000, 1000, 1460, 536, 300, 1400]),
    roundTrip: dice.one([10, 20, 30, 50, 100]),
    events: dice.between(8, 30),
    agreed: {
      sack,
      timestamps,
      ecn,
      peerShift,
      stackShift: 0,
      window: kind === 'narrow' ? dice.one([2000, 5000, 10000]) : dice.one([32768, 65536, 65536, 1 << 20]),
      scales,
    },
  };
}
