import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { type OnRedis, startOnRedis } from '../process/on-redis.ts';

/** One in each cloud. */
const MACHINES = ['api-1', 'web-1'];
const LEASE_S = 60;
/** Ten seconds until Redis counts as away are over by then; a round comes every five, and calls take their time. */
const TOLERANCE_MS = 20_000;
/** How often the clouds are gone through. */
const PATROL_MS = 180_000;
const SOON = { timeout: 90_000, interval: 100 };
/** Longer than any of it lasts here. */
const LONG_MS = 600_000;

interface Trouble {
  readonly begin: (house: OnRedis) => Promise<unknown>;
  /** Absent where it is over by itself. */
  readonly end?: (house: OnRedis) => Promise<unknown>;
  /** What operators are told of it; absent where nothing has to be told. */
  readonly says?: RegExp;
  readonly over?: RegExp;
  /** Longer than the lifeboat needs: where writes succeed now and then it begins late, or not at all. */
  readonly mostLateMs?: number;
  /** What who approves then is told. */
  readonly answers?: RegExp;
}

const CANNOT_WRITE = { answers: /cannot write to Redis/, over: /Redis can be written again/ };
const WENT_BACK = { says: /Redis went back in time/, answers: /./ };

/** Again and again until stopped. */
function often(ms: number, work: (house: OnRedis) => Promise<unknown>) {
  let isOver = false;
  return {
    begin: async (house: OnRedis) => {
      isOver = false;
      void (async () => {
        while (!isOver) {
          await work(house).catch(() => {});
          await wait(ms);
        }
      })();
    },
    end: async () => {
      isOver = true;
    },
  };
}

const killAll = ({ operator }: OnRedis) => operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
const set =
  (...pairs: readonly (readonly [string, string])[]) =>
  async ({ operator }: OnRedis) => {
    for (const [name, value] of pairs) await operator.config('SET', name, value);
  };
const user =
  (...rules: readonly string[]) =>
  ({ operator }: OnRedis) =>
    operator.call('ACL', 'SETUSER', 'default', ...rules);

const HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n');

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'is emptied (FLUSHALL)': { begin: ({ operator }) => operator.flushall(), ...WENT_BACK },
  'is emptied (FLUSHDB)': { begin: ({ operator }) => operator.flushdb(), ...WENT_BACK },
  'forgets its scripts again and again (SCRIPT FLUSH)': often(5, ({ operator }) => operator.script('FLUSH')),
  'closes every connection each second (CLIENT KILL)': often(1_000, killAll),
  'closes every connection at once again (CLIENT KILL)': {
    // A client that gets as far as a command would write now and then, and the lifeboat would not begin.
    ...often(1, killAll),
    ...CANNOT_WRITE,
    says: /cannot be reached|closes the connection/,
    mostLateMs: PATROL_MS + TOLERANCE_MS,
  },
  'runs a script that does not end, until it is killed': {
    async begin({ operator, redis }) {
      await operator.config('SET', 'busy-reply-threshold', '1');
      // No client of ours: it would send it again and again.
      connect(redis.url)
        .on('error', () => {})
        .write('EVAL "while true do end" 0\r\n');
    },
    // On a connection of its own: until it is ended, no client gets through its greeting.
    end: async ({ redis }) => void connect(redis.url).end('SCRIPT KILL\r\n'),
    ...CANNOT_WRITE,
    says: /SCRIPT KILL/,
  },
  'reads its data for long (LOADING)': {
    async begin({ operator, redis }) {
      // It answers after every thousand commands that it reads again.
      await operator.eval("for i = 1, 90000 do redis.call('SET', 'filler:' .. i, 1) end", 0);
      await redis.kill();
      await redis.start('--key-load-delay', '1000');
    },
    async end({ redis }) {
      await redis.kill();
      await redis.start();
    },
    ...CANNOT_WRITE,
    says: /is still reading its data/,
  },
  'is a replica whose primary is gone (MASTERDOWN)': {
    async begin({ operator }) {
      await operator.config('SET', 'replica-serve-stale-data', 'no');
      await operator.replicaof('127.0.0.1', '1');
    },
    end: ({ operator }) => operator.replicaof('NO', 'ONE'),
    ...CANNOT_WRITE,
    says: /REPLICAOF NO ONE|lost a primary/,
  },
  'has too few replicas (NOREPLICAS)': {
    begin: set(['min-replicas-to-write', '1']),
    end: set(['min-replicas-to-write', '0']),
    ...CANNOT_WRITE,
    says: /Bring its replicas back/,
  },
  'is full (OOM)': {
    begin: set(['maxmemory', '1']),
    end: set(['maxmemory', '0']),
    ...CANNOT_WRITE,
    says: /has no memory left/,
  },
  'takes no writes for a while (CLIENT PAUSE WRITE)': {
    begin: ({ operator }) => operator.client('PAUSE', LONG_MS, 'WRITE'),
    end: ({ operator }) => operator.client('UNPAUSE'),
    ...CANNOT_WRITE,
    says: /does not answer in time/,
  },
  'takes nothing for a while (CLIENT PAUSE ALL)': {
    begin: ({ operator }) => operator.client('PAUSE', 75_000, 'ALL'),
    end: async ({ redis }) =>
      void (await redis
        .client()
        .ping()
        .catch(() => {})),
    ...CANNOT_WRITE,
    says: /does not answer in time/,
  },
  'demands a password (requirepass)': {
    async begin(house) {
      await house.operator.config('SET', 'requirepass', 'another');
      await killAll(house);
    },
    end: set(['requirepass', '']),
    ...CANNOT_WRITE,
    says: /does not take the user or the password/,
  },
  'lets its user run no scripts': {
    begin: user('-eval', '-evalsha'),
    end: user('+@all'),
    ...CANNOT_WRITE,
    says: /Give the user the rights/,
  },
  'lets its user at no keys': {
    begin: user('resetkeys'),
    end: user('~*'),
    ...CANNOT_WRITE,
    says: /Give the user the rights/,
  },
  'switches its user off': {
    async begin(house) {
      await user('off')(house);
      await killAll(house);
    },
    end: user('on'),
    ...CANNOT_WRITE,
    says: /does not take the user or the password/,
  },
  'is not found by its name, and then at another address': {
    async begin({ setName, way }) {
      setName(null);
      way.hangUp();
    },
    end: async ({ setName }) => setName('127.0.0.2'),
    ...CANNOT_WRITE,
    says: /is not found by its name/,
  },
  'is behind something that takes everything and gives nothing': {
    begin: async ({ way }) => way.mute(true),
    end: async ({ way }) => way.mute(false),
    ...CANNOT_WRITE,
    says: /does not answer in time/,
  },
  'has its answers cut in the middle': {
    begin: async ({ way }) => way.answer((answer) => answer.subarray(0, Math.ceil(answer.length / 2))),
    end: async ({ way }) => way.answer(undefined),
    ...CANNOT_WRITE,
    says: /Redis cannot be written/,
  },
  'is a web server in truth': {
    begin: async ({ way }) => way.answer(() => HTTP),
    end: async ({ way }) => way.answer(undefined),
    ...CANNOT_WRITE,
    says: /is not what answers at its address/,
  },
  'answers OK to everything': {
    begin: async ({ way }) => way.answer(() => Buffer.from('+OK\r\n')),
    end: async ({ way }) => way.answer(undefined),
    ...CANNOT_WRITE,
    says: /Redis cannot be written/,
  },
  'cannot save its snapshots (MISCONF)': {
    async begin({ redis, operator }) {
      mkdirSync(join(redis.folder, 'dump.rdb'));
      await operator.config('SET', 'save', '3600 1');
      await operator.bgsave();
    },
    end: set(['stop-writes-on-bgsave-error', 'no']),
    ...CANNOT_WRITE,
    says: /free its disk/,
  },
};

it.concurrent.for(Object.entries(TROUBLES))(
  'the real program on a Redis that %s',
  { timeout: 900_000 },
  async ([name, trouble], { onTestFinished }) => {
    const house = await startOnRedis();
    onTestFinished(() => house.stop());
    const ask = (machine: string, from: string, s = LEASE_S) =>
      house.until(
        'requester',
        `/jit request ${machine} ssh for ${s}s from ${from} because of a test`,
        /`([2-9a-z]{7})`/,
      );
    const approve = (id: string) => house.until('manager', `/jit approve ${id}`, /approved/);
    for (const machine of MACHINES) await house.until('security', `/jit protect ${machine} usual`, /is protected on/);
    const waiting = await ask('api-1', '203.0.113.8');
    const revoked = await ask('api-1', '203.0.113.9');
    await approve(revoked);
    await house.people.told('is open', 'api-1');
    for (const machine of MACHINES) await approve(await ask(machine, '203.0.113.7'));
    const lastEnd = Date.now() + LEASE_S * 1_000;
    await house.people.told('is open', 'web-1');
    await vi.waitFor(() => expect(house.rules().length).toBe(3), SOON);
    const open = house.rules();
    const opened: string[] = [];
    onTestFinished(
      house.services.onChange(() => void opened.push(...house.rules().filter((one) => !open.includes(one)))),
    );
    // A closing is under way when it begins.
    house.services.aws.faults.add(/^(?:Revoke|Modify|Delete)/, { kind: 'slow', ms: 1_500 }, 2);
    await house.people.slack('requester', `/jit revoke ${revoked}`);
    const mark = (what: string) =>
      process.env.SAY && console.log(`${name}: ${what} at ${((Date.now() - lastEnd) / 1000).toFixed(1)}`);

    await trouble.begin(house);
    mark('begun');
    // Where it works on, what is approved opens.
    const answer = trouble.says ? await house.people.slack('manager', `/jit approve ${waiting}`) : '';
    mark(`answered ${answer.slice(0, 160)}`);
    if (trouble.says) {
      await vi.waitFor(() => expect(house.said()).toMatch(trouble.says as RegExp), SOON);
      mark('told');
      const asked = Date.now();
      const status = await house.status();
      expect(Date.now() - asked).toBeLessThan(5_000);
      expect([status.lifeboat.isOn, status.lifeboat.wentBack]).toContain(true);
      if (status.lifeboat.isOn) expect(await house.ready()).toBe(503);
      mark(
        `status ${JSON.stringify([status.lifeboat, status.parts.filter((one) => one.trouble)])}, ready ${await house.ready()}`,
      );
    }
    await vi.waitFor(() => expect(house.rules()).toEqual([]), SOON);
    mark('gone');
    const late = Date.now() - lastEnd;
    await trouble.end?.(house);
    if (trouble.over) await vi.waitFor(() => expect(house.said()).toMatch(trouble.over as RegExp), SOON);
    mark('over');
    await vi.waitFor(async () => expect(await house.ready()).toBe(200), SOON);
    const after = [...opened];
    // It goes on.
    await approve(await ask('web-1', '203.0.113.10', 20));
    await vi.waitFor(() => expect(house.rules().length).toBe(1), SOON);
    await vi.waitFor(() => expect(house.rules()).toEqual([]), SOON);
    mark(`went on; status ${JSON.stringify((await house.status()).parts.filter((one) => one.trouble))}`);
    expect(house.said()).not.toContain('Something went wrong inside');
    expect(house.ended).toBeUndefined();
    if (trouble.answers) expect(answer).toMatch(trouble.answers);
    expect(late).toBeLessThan(trouble.mostLateMs ?? TOLERANCE_MS);
    // The request that waited is approved again and again where it was told to be tried again; here nobody did.
    expect(after).toEqual([]);
  },
);
