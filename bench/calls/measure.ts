import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { plain } from '../../src/core/language/text.ts';
import { cloudOf } from '../../src/core/machine/machine.ts';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { house, MANAGER } from '../memory/house.ts';
import { BACKENDS, type Backend, type Calls, startWorld, type World } from './worlds.ts';

const STEPS = ['asked', 'approved', 'opened', 'closed'] as const;
type Step = (typeof STEPS)[number];
type Life = Readonly<Record<Step, Calls>>;

/**
 * The calls that a life cannot do without: a rule is made and removed (AWS `dedicated`, an NSG), Defender is asked and its rule
 * removed, the firewall's rules are written twice. A group for each lease has as many steps as one likes to have safe.
 */
const NEEDED: Readonly<Partial<Record<Backend, number>>> = {
  'AWS, `dedicated`': 2,
  'Azure, `nsg`': 2,
  'Azure, Defender': 2,
  'Azure, firewall': 2,
};
const MOST_READS = 3;
const COST =
  'The machine is read when it is asked for, judged again when it is approved and when it is opened, and read before and after each ' +
  'change: an opening looks for what others changed, and "closed" is said of what was read back (performance.md has each reading with its reason).';
const SSH = { number: 22, protocol: 'tcp' } as const;
const ENDLESS = new AbortController().signal;

/** Which calls one life makes in each backend, beside those that it cannot do without. */
export async function measureCalls(_: Effort): Promise<Measurement> {
  const lives = new Map<Backend, Life>();
  await onGround(async (ground) => {
    for (const backend of BACKENDS) {
      await ground.redis.flushall();
      const world = await startWorld(backend, ground.folder);
      try {
        lives.set(backend, await liveOnce(ground, world));
      } finally {
        await world.stop();
      }
    }
  });
  return {
    title: 'Calls to the clouds in the life of a request',
    how:
      'One protected machine, on which nothing else happens: asked for, approved, opened, and closed before its end by the requester, by ' +
      'the program’s own use cases with the real adapters. Each call as the simulated cloud saw it; signing in is left out. No second ' +
      'look half a minute later, no sweep and no patrol: they are the same however many lives there were.',
    rows: [...lives].flatMap(([backend, life]) => rowsOf(backend, life)),
    goals: [...lives].flatMap(([backend, life]) => goalsOf(backend, life)),
    notes: [...lives].map(
      ([backend, life]) => `${backend}: ${STEPS.map((step) => `${step}: ${told(life[step])}`).join('; ')}.`,
    ),
  };
}

async function liveOnce(ground: Ground, { adapter, machine, name, calls }: World): Promise<Life> {
  await adapter.protect(machine, { ports: [{ port: SSH, sources: [], longestMs: DAY_MS }] }, ENDLESS);
  const { deps: usual, people } = house(ground, { people: 1, machines: 1 });
  const deps = { ...usual, clouds: new Map([[cloudOf(machine), adapter]]) };
  const chats = inbox(deps);
  const user = people[0]?.slack ?? '';
  const place = { chat: 'slack', kind: 'channel', id: 'C0000000001' } as const;
  const say = async (key: string, text: string) => {
    const answer = await chats.command({ chat: 'slack', user, place, key }, text);
    const words = answer.lines.map(plain).join('\n');
    if (answer.refused) throw new Error(`${text}: ${words}`);
    return words;
  };
  calls();
  const said = await say('ask', `request ${name} 22 for 1h from 203.0.113.7 because deploy 4711`);
  const id = /Request `(\w+)`/.exec(said)?.[1] ?? '';
  const asked = calls();
  const manager = MANAGER.entra ?? '';
  const approved = await chats.press(
    { chat: 'teams', user: manager, place: { chat: 'teams', kind: 'private', id: manager }, key: 'approve' },
    { verb: 'approve', request: id, version: 1 },
  );
  if (approved.refused) throw new Error(approved.lines.map(plain).join('\n'));
  const judged = calls();
  await converge(deps, machine, ENDLESS);
  if ((await deps.store.load(id)).request?.status !== 'active') throw new Error('it was not opened');
  const opened = calls();
  await say('end', `revoke ${id}`);
  await converge(deps, machine, ENDLESS);
  const { request } = await deps.store.load(id);
  if (request?.status !== 'ended') throw new Error(`it was not closed: ${request?.status}`);
  return { asked, approved: judged, opened, closed: calls() };
}

function sum(life: Life, kind: keyof Calls): number {
  return STEPS.flatMap((step) => Object.values(life[step][kind])).reduce((all, one) => all + one, 0);
}

function rowsOf(backend: Backend, life: Life): readonly Row[] {
  return [
    { what: `${backend}: calls that change something`, unit: 'calls', values: [sum(life, 'mutating')] },
    { what: `${backend}: calls that read`, unit: 'calls', values: [sum(life, 'reading')] },
  ];
}

function goalsOf(backend: Backend, life: Life): readonly Goal[] {
  const needed = NEEDED[backend];
  const changes: readonly Goal[] =
    needed === undefined
      ? []
      : [
          {
            what: `${backend}: calls that change something ÷ the needed ${needed}`,
            value: sum(life, 'mutating') / needed,
            ...{ most: 1, unit: '×' },
          },
        ];
  return [
    ...changes,
    {
      what: `${backend}: calls that read`,
      value: sum(life, 'reading'),
      ...{ most: MOST_READS, unit: ' calls', cost: COST },
    },
  ];
}

function told({ mutating, reading }: Calls): string {
  const all = [...Object.entries(mutating), ...Object.entries(reading)];
  return all.length === 0 ? 'none' : all.map(([name, count]) => `${count} ${name}`).join(', ');
}
