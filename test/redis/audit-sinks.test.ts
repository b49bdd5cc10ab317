import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eachLine, fileSink } from '../../adapters/audit-file/index.ts';
import { trimAudit } from '../../src/app/evidence/behind.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import type { PeopleKeys } from '../../src/ports/people-keys.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';
import { keptLog, testRedis } from './server.ts';

const never = new AbortController().signal;

let server: Awaited<ReturnType<typeof testRedis>>;
let raised: Alarm[];
let prefixes = 0;

beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  raised = [];
});

function world(sinks: readonly Sink[], keep?: number) {
  prefixes += 1;
  const [log, redis, prefix] = [keptLog(), server.client(), `sinks-${prefixes}`];
  const audit = redisAudit({ redis, prefix, log });
  const room: EvidenceRoom = {
    installation: 'demo',
    chain: redisAuditChain({ redis, prefix }),
    signer: signerOf(),
    keyNames: ['a1'],
    keepMs: 400 * 86_400_000,
    wall: Date.now,
    people: {} as PeopleKeys,
    personal: [],
    sinks,
    ...(keep === undefined ? {} : { keep }),
  };
  const clock = { now: 0 };
  const deps = { audit, log, monotonic: () => clock.now };
  const alarms = { raise: async (alarm: Alarm) => void raised.push(alarm) };
  const turns = sinks.map((sink) => deliverer(deps, room, sink, alarms));
  let acts = 0;
  return {
    ...{ deps, room, log, clock },
    async write(count: number) {
      for (let n = 0; n < count; n += 1)
        await audit.record({
          act: `${prefix}-${acts++}`,
          event: 'start',
          outcome: 'done',
          by: 'drawbridge',
          as: 'program',
        });
      await sequence(deps, room, alarms);
    },
    async bring() {
      for (const turn of turns) await turn(never);
    },
  };
}

describe('a sink that asks to be left alone', () => {
  it.each([
    ['two minutes', 120_000, 120_000],
    ['a day: it is asked again by then', 86_400_000, 300_000],
    ['nothing', undefined, 2_000],
    ['less than it is left alone anyway', 1, 2_000],
  ])('for %s', async (_, retryAfterMs, restMs) => {
    let asked = 0;
    const busy: Sink = {
      name: 'busy',
      async write() {
        asked += 1;
        const extra = retryAfterMs === undefined ? {} : { retryAfterMs };
        throw new JitError('outgoingSilent', { host: 'siem.example', why: 'answers 429' }, extra);
      },
    };
    const { write, bring, clock } = world([busy]);
    await write(1);
    await bring();
    clock.now = restMs - 1;
    await bring();
    expect(asked).toBe(1);
    clock.now = restMs;
    await bring();
    expect(asked).toBe(2);
  });
});

describe('files that lost what they had', () => {
  const start = (keep?: number) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-sinks-')), 'files');
    onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
    // A batch is a file.
    const sink = fileSink({ installation: 'demo', folder, rotateBytes: 1, vkeys: [signerOf().vkey] });
    return { ...world([sink], keep), folder };
  };
  const fileIn = (folder: string, n: number) =>
    join(
      folder,
      readdirSync(folder)
        .filter((name) => name.startsWith('audit-'))
        .toSorted()
        .at(n) ?? '',
    );
  const verdict = async (folder: string) => {
    const verification = new Verification({ verifiers: VERIFIERS });
    await eachLine(folder, (...line) => verification.take(...line));
    return verification.verdict();
  };

  it.each([
    ['deleted', (folder: string) => rmSync(folder, { recursive: true }), 0],
    ['moved away', (folder: string) => renameSync(folder, `${folder}-away`), 0],
    ['emptied', (folder: string) => truncateSync(fileIn(folder, -1), 0), 6],
    [
      'cut within a batch',
      (folder: string) => {
        rmSync(fileIn(folder, -1));
        rmSync(fileIn(folder, -1));
        truncateSync(fileIn(folder, 0), readFileSync(fileIn(folder, 0)).indexOf(10) + 50);
      },
      1,
    ],
  ])('%s: told loudly, and given again what Redis has', async (_, lose, kept) => {
    const { write, bring, folder } = start();
    await write(5);
    await bring();
    await write(5);
    await bring();
    lose(folder);
    // Nothing is to be brought yet.
    await bring();
    expect(raised).toEqual([]);
    await write(1);
    await bring();
    expect(raised).toMatchObject([{ title: say`The audit sink ${'files'} lost records`, isLoud: true }]);
    const lines = raised[0]?.lines.map((line) => phrased(line)).join(' ');
    expect(lines).toContain(`records up to 11, and now ${kept === 0 ? 'has none' : `ends with record ${kept}`}.`);
    expect(await verdict(folder)).toMatchObject({ records: 12, signed: 12, faults: [] });
    await write(1);
    await bring();
    expect(raised).toHaveLength(1);
  });

  it('say what is gone for good where Redis does not have it any more', async () => {
    const { write, bring, folder, deps, room } = start(1);
    await write(5);
    await bring();
    await write(5);
    await bring();
    await trimAudit(deps, room);
    rmSync(folder, { recursive: true });
    await write(1);
    await bring();
    expect(raised).toMatchObject([{ title: say`The audit sink ${'files'} lost records`, isLoud: true }]);
    expect((await verdict(folder)).faults).toMatchObject([{ what: 'missing', index: 1 }]);
  });
});

it('a process that still signs with the key from before is told to the operators, and introduces nothing', async () => {
  const { write, deps, room } = world([]);
  await write(2);
  const newer = { ...room, signer: signerOf(8) };
  const alarms = { raise: async (alarm: Alarm) => void raised.push(alarm) };
  const again = async (own: EvidenceRoom) => {
    await deps.audit.record({ act: `k-${acts++}`, event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
    await sequence(deps, own, alarms);
  };
  let acts = 0;
  await again(newer);
  expect(raised).toEqual([]);
  await again(room);
  expect(raised).toMatchObject([{ title: say`The audit is signed with a key that was replaced` }]);
  await again(newer);
  expect(raised).toHaveLength(1);
  expect(await room.chain.keys()).toEqual([signerOf().vkey, signerOf(8).vkey]);
});
