import { expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Report } from '../../src/core/view/report.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';
import { glassWorld } from './glass-fixtures.ts';

const never = new AbortController().signal;

type Made = Pick<Awaited<ReturnType<typeof approved>>, 'deps' | 'id' | 'load'>;

/** The record as somebody else wrote it to Redis. */
async function unseal({ deps, load }: Pick<Made, 'deps' | 'load'>, patch: Partial<Request> = {}) {
  const request = await load();
  if (!request) throw new Error('there is no request');
  const next = { ...request, ...patch, isUnsealed: true, version: request.version + 1 } as Request;
  await deps.store.save([{ next, from: request.version }]);
}

async function open() {
  const made = await approved();
  await made.converge();
  const request = await made.load();
  if (request?.status !== 'active') throw new Error('it is not open');
  return { ...made, lease: request.lease, opens: made.cloud.calls.length };
}

it('glass that nobody here broke opens nothing, whatever it says of who was told, and operators hear of it', async () => {
  const { deps, chat, cloud, broken } = glassWorld();
  const { id } = await broken();
  const told: string[] = [];
  Object.assign(chat, { tell: async (report: Report) => void told.push(phrased(report.title)) });
  const ways: string[] = [];
  const way = { name: 'pager', tell: async ({ lines }: { lines: readonly string[] }) => void ways.push(...lines) };
  const load = async () => (await deps.store.load(id)).request;
  await unseal({ deps, load }, { places: [], asked: [], breakGlass: { reviewBy: 8e15, alarmed: ['pager'] } });
  // What it says was told before counts for nothing.
  await deps.store.once(`alarm:unsealed:${id}:0`, HOUR_MS);
  await converge({ ...deps, ways: [way] }, MACHINE.id, never);
  expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
  expect(await load()).toMatchObject({ ending: { why: 'failed', code: 'notOurs' } });
  expect(told).toEqual(['Somebody else wrote a request to Redis']);
  expect(ways[0]).toContain(`Request \`${id}\` says that it is access by breaking the glass, for Ada on api-1`);
});

it('one that says it was approved opens nothing', async () => {
  const made = await approved();
  await unseal(made);
  await made.converge();
  expect(made.cloud.calls).toEqual([]);
  expect(await made.load()).toMatchObject({ ending: { why: 'failed', code: 'notOurs' } });
});

it('a drill that nobody here began opens nothing', async () => {
  const made = await approved();
  await unseal(made, { drill: true });
  await made.converge();
  expect(made.cloud.calls).toEqual([]);
});

it('one that waits is approved by nobody, and can be denied', async () => {
  const { deps } = world();
  const { id } = await submit(deps, ADA, ASK, SENDER);
  const load = async () => (await deps.store.load(id)).request;
  await unseal({ deps, load });
  await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toMatchObject({ code: 'notOurs' });
  await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'strange' });
  expect((await load())?.status).toBe('denied');
});

it('one that says it is open already opens nothing, and ends', async () => {
  const made = await open();
  made.cloud.rules.clear();
  await unseal(made, { lease: { ...made.lease, until: made.lease.until + HOUR_MS } });
  await made.converge();
  await made.converge();
  expect(made.cloud.calls.slice(made.opens).filter((call) => call.startsWith('open'))).toEqual([]);
  expect(await made.load()).toMatchObject({ ending: { why: 'failed', code: 'notOurs' } });
});

it('one that was open before an update that seals goes on until its end, and gets no more time', async () => {
  const made = await open();
  await unseal(made);
  await made.converge();
  expect([(await made.load())?.status, made.cloud.rules.size]).toEqual(['active', 1]);
  await expect(extend(made.deps, ADA, made.id, HOUR_MS)).rejects.toMatchObject({ code: 'notOurs' });
  made.clock.advance(HOUR_MS);
  await made.converge();
  expect(made.cloud.rules.size).toBe(0);
});

it('an end that somebody moved back in Redis closes nothing later: the end in the mark counts', async () => {
  const made = await open();
  const until = made.lease.until + 30 * 24 * HOUR_MS;
  await unseal(made, { lease: { ...made.lease, until, seenUntil: until } });
  made.clock.advance(HOUR_MS + 1);
  made.cloud.patrolled = [...made.cloud.rules.values()];
  await patrol(made.deps, never);
  expect(made.cloud.rules.size).toBe(0);
});

it('glass is reviewed when its rule says, and whoever the rule names is told, whatever the record says', async () => {
  const { deps, broken } = glassWorld();
  const { id, ...first } = await broken();
  const load = async () => (await deps.store.load(id)).request;
  const request = await load();
  if (!request?.breakGlass) throw new Error('it was not broken');
  const next = { ...request, version: 2, places: [], asked: [], breakGlass: { reviewBy: 8e15, alarmed: ['pager'] } };
  await deps.store.save([{ next, from: 1 }]);
  await converge(deps, MACHINE.id, never);
  const now = await load();
  expect(now?.status).toBe('active');
  expect(now?.breakGlass?.reviewBy).toEqual(first.breakGlass?.reviewBy);
  expect(now?.asked).toEqual(first.asked);
  expect(now?.places).toEqual(expect.arrayContaining(first.places.filter(({ kind }) => kind === 'channel')));
});
