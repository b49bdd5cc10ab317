import { boardOf } from '../../src/app/board/board.ts';
import type { Deps } from '../../src/app/deps.ts';
import { readFilter } from '../../src/core/board/filter.ts';
import type { BoardRow } from '../../src/core/board/row.ts';
import { DAY_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import type { BoardDesk } from '../../src/ports/board.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisBoardRows } from '../../src/redis/board-rows.ts';
import { redisCeremonies } from '../../src/redis/ceremonies.ts';
import { redisStore } from '../../src/redis/store.ts';
import { type Ground, LOUD, onGround } from '../ground.ts';
import type { Effort, Measurement, Row } from '../measurement.ts';
import { spread } from '../spread.ts';
import { pastRows } from './rows.ts';

const PREFIX = 'bench';
const SECURITY = { id: 'sam', name: 'Sam', slack: 'U1', groups: ['security'] };
const AT_ONCE = 1_000;
const PAGE = { skip: 0, most: 50 };
const MOST_MS = 100;

/** Measurement 10: what the board takes for each of its questions, over very many past leases and machines. */
export async function measureBoard({ quick }: Effort): Promise<Measurement> {
  const [leases, machines, rounds] = quick ? [5_000, 1_000, 5] : [100_000, 10_000, 41];
  // A hundredth of all, with as many leases for each machine: what grows, and what does not.
  const small = await asked({ leases: leases / 100, machines: machines / 100, rounds });
  const { rows, bytes } = await asked({ leases, machines, rounds });
  const slowest = Math.max(...rows.slice(1).map(({ values }) => spread(values).median));
  return {
    title: `The board: ${leases.toLocaleString('en-US')} past leases, ${machines.toLocaleString('en-US')} machines`,
    how:
      'What a page asks for, from the session to the rows that are sent, on the real store: each with the checks of who may read what, and ' +
      'with what changed in Redis since. CPU of the process, which tells the same on a busy machine. The first question of a process reads ' +
      'everything once. Exposure is made once for what is asked again within a minute while nothing changes.',
    rows,
    goals: [{ what: 'slowest question (medians)', value: slowest, most: MOST_MS, unit: ' ms of CPU' }],
    notes: [
      `In Redis ${Math.round(bytes / leases)} bytes for each past lease, beside its record. The process keeps what it read while somebody looks, and for a quarter of an hour after.`,
      `With a hundredth of the leases, on a hundredth of the machines: ${small.rows
        .slice(1)
        .map(({ what, values }) => `${what} ${spread(values).median.toFixed(2)}`)
        .join(', ')} ms of CPU.`,
    ],
  };
}

async function asked({ leases, machines, rounds }: { leases: number; machines: number; rounds: number }) {
  return onGround(async (ground) => {
    const now = Date.now();
    await fill(ground, pastRows(leases, machines, now));
    const bytes = (await ground.redis.memory('USAGE', `{${PREFIX}}:board-rows`, 'SAMPLES', 0)) ?? 0;
    const desk = await deskOn(ground, machines);
    const from = performance.now();
    await desk.now(readFilter(new URLSearchParams(), now));
    const first: Row = { what: 'the first one, which reads all', unit: 'ms', values: [performance.now() - from] };
    return { rows: [first, ...(await questions(desk, now, rounds))], bytes };
  });
}

async function questions(desk: BoardDesk, now: number, rounds: number): Promise<readonly Row[]> {
  const filter = (query: string) => readFilter(new URLSearchParams(query), now);
  let anew = 0;
  const quarter = `from=${now - 90 * DAY_MS}&to=${now}`;
  const asks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['what is open now', () => desk.now(filter(''))],
    ['history of a quarter, the newest', () => desk.history(filter(quarter), PAGE)],
    [
      'the same of one person, the 20th page',
      () => desk.history(filter(`${quarter}&person=p7`), { skip: 40, most: 2 }),
    ],
    ['the same by a part of a name', () => desk.history(filter(`${quarter}&q=m-77`), PAGE)],
    ['timeline of a month, 30 machines', () => desk.timeline(filter(''), { skip: 0, most: 30 })],
    ['timeline of a quarter, 30 machines', () => desk.timeline(filter(quarter), { skip: 0, most: 30 })],
    ['exposure of a quarter, again', () => desk.exposure(filter(quarter))],
    [
      'exposure of a quarter, anew',
      () => {
        anew += MINUTE_MS;
        return desk.exposure(filter(`from=${now - 90 * DAY_MS + anew}&to=${now + anew}`));
      },
    ],
    ['machines, the first hundred', () => desk.machines(filter(''), { skip: 0, most: 100 })],
    ['machines by a part of a name', () => desk.machines(filter('q=m-77'), { skip: 0, most: 100 })],
  ];
  const rows: Row[] = [];
  for (const [what, ask] of asks) {
    await ask();
    const values: number[] = [];
    for (let i = 0; i < rounds; i += 1) {
      const from = process.cpuUsage();
      // What goes over the wire is part of it.
      JSON.stringify(await ask());
      const { user, system } = process.cpuUsage(from);
      values.push((user + system) / 1_000);
    }
    rows.push({ what, unit: 'ms of CPU', values });
  }
  return rows;
}

/** Writes past leases into the board's index. */
export async function fill({ redis }: Ground, rows: readonly BoardRow[], prefix = PREFIX): Promise<void> {
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE);
    await redis
      .multi()
      .zadd(`{${prefix}}:board`, ...some.flatMap(({ id, closedAt = 0 }) => [closedAt, id]))
      .hset(`{${prefix}}:board-rows`, ...some.flatMap((row) => [row.id, JSON.stringify(row)]))
      .exec();
  }
}

/** The board as `security` sees it: nothing of it is left out. */
export async function deskOn({ redis }: Ground, machines: number, prefix = PREFIX): Promise<BoardDesk> {
  const seals = sealer('bench', 'use', [{ id: 'k1', secret: 'a secret' }]);
  const of = { redis, prefix, log: LOUD };
  const rows = redisBoardRows(of);
  const room = { url: 'http://127.0.0.1', seals, ceremonies: redisCeremonies({ ...of, seals }) };
  const cloud = { cloud: 'aws', assess: async () => ({ machines: machinesOf(machines), unread: [] }) };
  const deps = {
    store: redisStore({ ...of, board: true }),
    audit: redisAudit(of),
    log: LOUD,
    clouds: new Map([['aws', cloud]]),
    directory: { person: async () => SECURITY, byId: async () => SECURITY },
    rules: { policies: [], protectors: [], security: ['group:security'], shortestMs: 1, sources: new Map() },
    monotonic: () => performance.now(),
    random: (n: number) => crypto.getRandomValues(new Uint8Array(n)),
    ...{ pages: room, board: rows },
  } as unknown as Deps;
  const board = boardOf(deps, { room, rows, sessionMs: DAY_MS });
  const { boardLink } = await import('../../src/app/board/link.ts');
  const place = { chat: 'slack', kind: 'private', id: 'U1' } as const;
  const lines = await boardLink(deps, SECURITY, { chat: 'slack', user: 'U1', place, key: 'k' });
  const ticket = /\/board\/open\/([\w.-]+)/.exec(JSON.stringify(lines))?.[1] ?? '';
  const { session } = await board.open(ticket);
  const desk = await board.desk(session);
  if (!desk) throw new Error('the session is over');
  return desk;
}

function machinesOf(many: number) {
  return Array.from({ length: many }, (_, i) => {
    const machine: Machine = {
      id: `aws:123456789012:eu-west-1:i-${i.toString(16).padStart(17, '0')}`,
      ...{ name: `m-${i}`, tags: {}, location: 'production (123456789012), eu-west-1' },
    };
    const tab = i % 3 === 0 ? ('notConfigured' as const) : ('configured' as const);
    const reasons = ['22 is open to anyone (0.0.0.0/0) through launch-wizard-1.'];
    return { machine, verdict: 'healthy' as const, reasons, tab, ...(i % 7 === 0 ? { stillOpen: reasons } : {}) };
  });
}
