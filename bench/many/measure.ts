import { channels } from '../../simulators/world.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { copies, watched } from '../crowd/measure.ts';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { house } from '../memory/house.ts';
import { spread } from '../spread.ts';

const MOST_MS = 50;

/** What people wait for who list and revoke what is theirs, beside very many requests of others on other machines. */
export async function measureMany({ quick }: Effort): Promise<Measurement> {
  const [few, many, rounds] = quick ? [200, 2_000, 2] : [1_000, 100_000, 5];
  const times = new Map<string, number[]>();
  const steps: number[] = [];
  const scripts: number[] = [];
  await onGround(async (ground) => {
    const { copyTo, acts } = await among(ground, 2 * many);
    for (const size of [few, many]) {
      await copyTo(size);
      for (let round = 0; round <= rounds; round += 1) {
        for (const [what, act] of await acts()) {
          const seen = await watched(ground, act);
          // The first round is not counted: code that runs for the first time is compiled meanwhile.
          if (round === 0) continue;
          const name = `${what}, ${size.toLocaleString('en-US')} requests`;
          times.set(name, [...(times.get(name) ?? []), seen.ms]);
          steps.push(seen.stepCpuMs);
          scripts.push(seen.scriptMs);
        }
      }
    }
  });
  return {
    title: `What is theirs, among ${many.toLocaleString('en-US')} requests`,
    how: 'The program’s own use cases on the real store, with AWS and chats that answer at once: from what was typed until the answer.',
    rows: [...times].map(([what, values]) => ({ what, unit: 'ms', values })),
    goals: [
      {
        what: 'longest step of the event loop (median)',
        value: spread(steps).median,
        most: MOST_MS,
        unit: ' ms of CPU',
      },
      { what: 'longest script (median)', value: spread(scripts).median, most: MOST_MS, unit: ' ms' },
    ],
    notes: ['Absolute figures: they say what this machine did, beside whatever else it had to do.'],
  };
}

/** Ada's request, of which there are copies, and what Lin does with one of her own, anew each time. */
async function among(ground: Ground, most: number) {
  const { deps: all, people, manager } = house(ground, { people: 100, machines: 1_000 });
  // More than are taken unless it is set so.
  const deps = { ...all, rules: { ...all.rules, floods: { person: 500, machine: 500, all: most } } };
  const chats = inbox(deps);
  const place = { chat: 'slack', kind: 'channel', id: channels.slack.id } as const;
  let key = 0;
  const say = async (user: string | undefined, text: string) => {
    key += 1;
    const { lines } = await chats.command({ chat: 'slack', user: user ?? '', place, key: `many-${key}` }, text);
    return lines.map(plain).join('\n');
  };
  const [ada, lin] = people;
  const asked = await say(ada?.slack, 'request m-0001 22 for 1h from 203.0.113.7 because deploy');
  const { request } = await deps.store.load(/Request `(\w+)`/.exec(asked)?.[1] ?? '');
  if (!request) throw new Error(`not asked for: ${asked}`);
  let there = 0;
  const copyTo = async (size: number) => {
    await copies(deps.store, request, size - there, there);
    there = size;
  };
  const acts = async () => {
    const mine = await say(
      lin?.slack,
      `request m-${String(1_000 - (key % 900)).padStart(4, '0')} 22 for 1h from 203.0.113.8 because deploy`,
    );
    const id = /Request `(\w+)`/.exec(mine)?.[1];
    if (!id) throw new Error(`not asked for: ${mine}`);
    const approved = await say(manager.slack, `approve ${id}`);
    const revoked = async () => {
      const answer = await say(lin?.slack, `revoke ${id}`);
      const { request: now } = await deps.store.load(id);
      if (now?.status !== 'closing') throw new Error(`not revoked: ${approved} ${answer}`);
    };
    return [
      ['`/jit list` of one request', () => say(lin?.slack, 'list')],
      ['`/jit list` of who decides all', () => say(manager.slack, 'list')],
      ['`/jit revoke` of one access', revoked],
    ] as const;
  };
  return { copyTo, acts };
}
