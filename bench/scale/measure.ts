import { channels } from '../../simulators/world.ts';
import { readFilter } from '../../src/core/board/filter.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { deskOn, fill } from '../board/measure.ts';
import { pastRows } from '../board/rows.ts';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { spread } from '../spread.ts';
import { worldOf } from './world.ts';

const MOST_RATIO = 1.3;
const COST = 'What was asked reads something that grows with what others have: the row says how much.';

type Ask = readonly [what: string, ask: () => Promise<unknown>];

interface Sized {
  readonly name: string;
  readonly asks: readonly Ask[];
}

/** What people look at every day, with few and with very many requests and machines, in turns. */
export async function measureScale({ quick }: Effort): Promise<Measurement> {
  const [counts, machines, rounds] = quick ? [[500, 2_500], 2_500, 9] : [[1_000, 10_000, 100_000], 50_000, 41];
  const rows = new Map<string, number[][]>();
  await onGround(async (ground) => {
    const sizes: Sized[] = [];
    for (const count of counts) sizes.push(await sized(ground, count, machines));
    for (let round = -1; round < rounds; round += 1)
      for (const [at, { asks }] of round % 2 === 0 ? [...sizes.entries()] : [...sizes.entries()].toReversed())
        for (const [what, ask] of asks) {
          const from = performance.now();
          JSON.stringify(await ask());
          const ms = performance.now() - from;
          // The first of each compiles what it runs.
          if (round >= 0) valuesOf(rows, what, at).push(ms);
        }
  });
  const words = counts.map((count) => count.toLocaleString('en-US'));
  const many = machines.toLocaleString('en-US');
  return {
    title: `Lists, pages and the board with ${words.join(', ')} requests and ${many} machines`,
    how:
      `As many requests, half waiting and half open, of a thousand people with a hundred managers, and as many past leases on the board; ${many} ` +
      'machines (for the type-ahead: as many as there are requests, and that many at most). The requester has five waiting and five open at each size, and the manager is asked for twenty. The ' +
      'program’s own use cases on the real store; AWS and chats answer at once. All sizes on one Redis, asked in turns.',
    rows: [...rows].flatMap(([what, values]) =>
      values.map((one, at): Row => ({ what: `${what}: ${words[at]}`, unit: 'ms', values: one })),
    ),
    goals: [...rows].map(([what, values]) => goal(what, values, words.at(-1) ?? '', words[0] ?? '')),
    notes: [],
  };
}

function goal(what: string, values: readonly (readonly number[])[], most: string, few: string): Goal {
  const [first = [], last = []] = [values[0], values.at(-1)];
  const value = spread(last).median / spread(first).median;
  return { what: `${what}: p50 with ${most} ÷ with ${few}`, value, most: MOST_RATIO, unit: '×', cost: COST };
}

function valuesOf(rows: Map<string, number[][]>, what: string, at: number): number[] {
  const all = rows.get(what) ?? [];
  rows.set(what, all);
  all[at] ??= [];
  return all[at];
}

async function sized(ground: Ground, count: number, machines: number): Promise<Sized> {
  const prefix = `bench${count}`;
  const { chats, requester, manager } = await worldOf(ground, count, machines, prefix);
  const small = await worldOf(ground, 0, Math.min(count, machines), `${prefix}-machines`);
  await fill(ground, pastRows(count, Math.min(count, machines), Date.now()), prefix);
  const desk = await deskOn(ground, machines, prefix);
  const place = { chat: 'slack', kind: 'channel', id: channels.slack.id } as const;
  let key = 0;
  const sender = (user = '') => {
    key += 1;
    return { chat: 'slack', user, place, key: `scale-${key}` } as const;
  };
  const filter = (query: string) => readFilter(new URLSearchParams(query), Date.now());
  const quarter = `from=${Date.now() - 90 * DAY_MS}&to=${Date.now()}`;
  const said = async (user: string | undefined, text: string) => {
    const answer = await chats.command(sender(user), text);
    if (answer.refused) throw new Error(`${text}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    name: prefix,
    asks: [
      ['`/jit list` of a requester', () => said(requester.slack, 'list')],
      ['`/jit pending` of a manager', () => said(manager.slack, 'pending')],
      ['machines as they are typed', () => small.chats.machines(sender(requester.slack), 'm-00')],
      ['home of a requester', () => chats.home(sender(requester.slack))],
      ['home of a manager', () => chats.home(sender(manager.slack))],
      ['board, what is open now', () => desk.now(filter(''))],
      ['board, history of a quarter', () => desk.history(filter(quarter), { skip: 0, most: 50 })],
    ],
  };
}
