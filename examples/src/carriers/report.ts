import { type Channel, talk } from './cover.js';

/** Conversations in each world; the message takes what it needs of them. */
const CONVERSATIONS = 24;

/** Sends a message once and prints what came of it, what each carrier could have carried, and how a capture labels it. */
export async function show(channel: Channel): Promise<void> {
  const outcome = await talk(1, CONVERSATIONS, channel, true);
  const { message, connections, packets, seconds, bound, labelled } = outcome;
  const [begin, rest] = [message?.slice(0, 100), (message?.length ?? 0) - 100];
  console.log(`the other end has read: "${begin}"${rest > 0 ? `, and ${rest} letters more` : ''}`);
  const bits = 8 * new TextEncoder().encode(message ?? '').length;
  console.log(
    `it took ${connections} connections, ${packets} packets that carry, ${seconds.toFixed(3)} s of virtual time`,
  );
  console.log(`measured: ${capacity(bits, connections, packets, seconds)}`);
  console.log(`bound:    ${capacity(bound, connections, packets, seconds)}`);
  const [example] = labelled.filter((comment) => comment.startsWith('tcp.syn'));
  console.log(`frames of the capture that say they carry: ${labelled.length} of ${outcome.frames}, such as`);
  console.log(`  ${example}`);
}

function capacity(bits: number, connections: number, packets: number, seconds: number): string {
  const [each, packet, second] = [bits / connections, bits / packets, bits / seconds];
  return `${each.toFixed(1)} bits a connection, ${packet.toFixed(1)} a packet, ${second.toFixed(0)} a second`;
}

/** Asks the detector in many worlds, without a channel where `make` is absent. */
export async function detect(name: string, worlds: number, make?: () => Channel): Promise<void> {
  const found = new Map<string, number>();
  let alarms = 0;
  for (let seed = 1; seed <= worlds; seed++) {
    const { findings } = (await talk(seed, CONVERSATIONS, make?.())).detector;
    if (findings.length > 0) alarms++;
    for (const each of findings) found.set(each, (found.get(each) ?? 0) + 1);
  }
  console.log(`${name}: the detector sounds in ${alarms} of ${worlds} worlds`);
  for (const [each, count] of found) console.log(`  ${count} times: ${each}`);
}
