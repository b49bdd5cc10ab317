import { expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { Activating, Request } from '../../src/core/request/request.ts';
import { approved } from './approved.ts';
import { ADA, GRACE } from './fixtures.ts';

type Forge = (request: Activating) => Partial<Activating>;
const until = (request: Activating, ms: number) => ({ lease: { ...request.lease, until: request.lease.from + ms } });

/** A record of which somebody who can write to Redis changed something. */
async function forged(change: (request: Activating) => Partial<Request>) {
  const made = await approved();
  const request = await made.load();
  if (request?.status !== 'activating') throw new Error('it was not approved');
  const next = { ...request, ...change(request), version: request.version + 1 } as Request;
  await made.deps.store.save([{ next, from: request.version }]);
  await made.converge();
  return { opened: made.cloud.calls.filter((call) => call.startsWith('open')), now: await made.load() };
}

it('a request that is left as it was approved is opened', async () => {
  expect((await forged(() => ({}))).opened).toHaveLength(1);
});

it.each<[string, Forge]>([
  ['nobody approved it', () => ({ reviews: [] })],
  ['the requester approved it', ({ reviews }) => ({ reviews: reviews.map((one) => ({ ...one, by: ADA })) })],
  [
    'nobody knows who approved it',
    ({ reviews }) => ({ reviews: reviews.map((one) => ({ ...one, by: { id: 'eve', name: 'Eve' } })) }),
  ],
  ['it was denied', ({ reviews }) => ({ reviews: reviews.map((one) => ({ ...one, verdict: 'deny' })) })],
  ['it is of somebody whom no policy means', () => ({ requester: GRACE })],
  ['it is of nobody', () => ({ requester: { id: 'eve', name: 'Eve' } })],
  ['it lasts longer than the policy allows', (request) => until(request, 30 * 24 * HOUR_MS)],
  [
    'it begins later, and so ends later',
    ({ lease }) => ({
      lease: { ...lease, from: lease.from + 30 * 24 * HOUR_MS, until: lease.until + 30 * 24 * HOUR_MS },
    }),
  ],
  ['it is for everybody', () => ({ source: '0.0.0.0/0' })],
  ['it is for another port', () => ({ ports: [{ number: 3389, protocol: 'tcp' }] })],
  ['it says that it is a drill', () => ({ drill: true, reviews: [] })],
  ['it says that glass was broken', () => ({ breakGlass: { reviewBy: 0 }, reviews: [] })],
  ['it names another policy', () => ({ policies: ['none'], reviews: [] })],
])('one that somebody wrote opens nothing where %s', async (_, change) => {
  const { opened, now } = await forged(change);
  expect(opened).toEqual([]);
  expect(now).toMatchObject({ ending: { why: 'failed' } });
});
