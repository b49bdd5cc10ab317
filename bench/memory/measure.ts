import { channels } from '../../simulators/world.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { notify } from '../../src/app/request/notify.ts';
import { plain } from '../../src/core/language/text.ts';
import { cloudOf } from '../../src/core/machine/machine.ts';
import { type Ground, onGround } from '../ground.ts';
import { inTurns } from '../in-turns.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { house } from './house.ts';
import { bytesByKind } from './kinds.ts';

const MOST_BYTES = 6_000;
const COST =
  'More than a third are the entries of the audit (asked, approved, opened: who, as what, which machine, ports, source, ' +
  'end and policies, in full, so that each can be read by itself), then the record and its four cards.';
const AT_ONCE = 16;
const ENDLESS = new AbortController().signal;

/** Measurement 4: what an open lease takes in Redis. */
export async function measureMemory({ quick }: Effort): Promise<Measurement> {
  const leases = quick ? 250 : 5_000;
  const size = { people: leases / 5, machines: (leases * 2) / 5 };
  return onGround(async (ground) => {
    // Scripts are known to Redis before anything is counted.
    await fill(ground, 10, size);
    const rounds = [];
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      await ground.redis.flushall();
      rounds.push(await fill(ground, leases, size));
    }
    const perLease = rounds.map(({ bytes }) => bytes / leases);
    const kinds = [...(rounds.at(-1)?.kinds ?? [])].sort(([, a], [, b]) => b.bytes - a.bytes);
    return {
      title: 'Redis memory of an open lease',
      how:
        `${leases.toLocaleString('en-US')} leases on ${size.machines.toLocaleString('en-US')} AWS machines, asked for by ${size.people.toLocaleString('en-US')} people in Slack, approved in Teams and ` +
        'opened by the program’s own use cases on the real store, with four cards each (a channel in each chat, the ' +
        'approver’s chat, the requester’s), all indexes and the audit entries. `used_memory` of INFO before and after; ' +
        'then `MEMORY USAGE` of every key. AWS and the chats answer at once; ids and refs have their real forms.',
      rows: [
        { what: '`used_memory` per lease', unit: 'bytes', values: perLease },
        ...kinds.map(([kind, { bytes, keys }]) => ({
          what: `… \`${kind}\` (${keys.toLocaleString('en-US')} keys)`,
          unit: 'bytes a lease',
          values: [bytes / leases],
        })),
      ],
      goals: [
        { what: 'memory per open lease', value: Math.max(...perLease), most: MOST_BYTES, unit: ' bytes', cost: COST },
      ],
      notes: [
        '`MEMORY USAGE` counts each key with its name but not its place in Redis’s tables, which `used_memory` has too.',
      ],
    };
  });
}

/** Opens so many leases; what they take. */
async function fill(ground: Ground, leases: number, size: { readonly people: number; readonly machines: number }) {
  const { deps, people, manager } = house(ground, size);
  const before = await settledMemory(ground);
  const chats = inbox(deps);
  const open = async (n: number) => {
    const user = people[n % people.length]?.slack ?? '';
    const place = { chat: 'slack', kind: 'channel', id: channels.slack.id } as const;
    const machine = `m-${String((n % size.machines) + 1).padStart(4, '0')}`;
    // Every lease of a machine from another address, as people have them.
    const source = `203.0.${Math.floor(n / 250) % 250}.${n % 250}`;
    const answer = await chats.command(
      { chat: 'slack', user, place, key: `${n}.1790000000.0123456789abcdef0123456789abcdef` },
      `request ${machine} 22 for 4h from ${source} because deploy ${4_000 + n}: roll back the payment service`,
    );
    const id = /Request `(\w+)`/.exec(answer.lines.map(plain).join('\n'))?.[1] ?? '';
    if (answer.refused || id === '') throw new Error(`not asked for: ${JSON.stringify(answer)}`);
    await notify(deps, id, ENDLESS);
    const approver = { chat: 'teams', user: manager.entra ?? '', key: `approve-${n}` } as const;
    const approved = await chats.press(
      { ...approver, place: { chat: 'teams', kind: 'private', id: approver.user } },
      { verb: 'approve', request: id, version: 1 },
    );
    if (approved.refused) throw new Error(`not approved: ${JSON.stringify(approved)}`);
    return id;
  };
  await inTurns(leases, AT_ONCE, async (n) => {
    const id = await open(n);
    const { request } = await deps.store.load(id);
    if (!request || cloudOf(request.machine) !== 'aws') throw new Error(`request ${id} is lost`);
    await converge(deps, request.machine, ENDLESS);
    await notify(deps, id, ENDLESS);
  });
  const live = await deps.store.live(leases);
  const opened = live.filter(({ status }) => status === 'active').length;
  if (opened !== leases) throw new Error(`${opened} of ${leases} leases are open`);
  return { bytes: (await settledMemory(ground)) - before, kinds: await bytesByKind(ground.redis) };
}

/** Without what Redis holds only until it has written its file. */
async function settledMemory(ground: Ground): Promise<number> {
  const [used, file] = [await ground.info('used_memory'), await ground.info('mem_aof_buffer')];
  return used - file;
}
