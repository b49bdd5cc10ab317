import { describe, expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError, keptSpans } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { plain, plainly, spoken } from '../../src/core/language/text.ts';
import type { ProtectedPort } from '../../src/core/machine/protection.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, type TestCloud } from './fixtures.ts';

const SSH: ProtectedPort = { port: { number: 22, protocol: 'tcp' }, sources: [], longestMs: 86_400_000 };
const never = new AbortController().signal;
type House = Awaited<ReturnType<typeof approved>>['house'];

function protectedAs(cloud: TestCloud, ports: readonly ProtectedPort[]): void {
  cloud.look = async () => ({ machine: MACHINE, identity: 'i-1', protection: { ports }, standing: [] });
}

const VOID = new JitError('approvalVoid', { name: 'Grace' }).say.slice(0, -1);

interface Change {
  readonly what: string;
  readonly change: (house: House, cloud: TestCloud) => unknown;
  readonly says: string;
}

const CHANGES: readonly Change[] = [
  {
    what: 'whoever asked has left',
    change: (house) => Object.assign(house, { people: [GRACE] }),
    says: 'Ada is no longer registered with Drawbridge',
  },
  {
    what: 'whoever approved has left',
    change: (house) => Object.assign(house, { people: [ADA] }),
    says: VOID,
  },
  {
    what: 'whoever approved is no approver any more',
    change: (house) => Object.assign(house, { people: [{ ...ADA, manager: 'sam' }, GRACE, { ...GRACE, id: 'sam' }] }),
    says: VOID,
  },
  {
    what: 'the policy allows less time',
    change: (house) => Object.assign(house, { policies: [{ ...POLICY, longestMs: 1_800_000 }] }),
    says: 'Policy production allows at most 30 min; 1 h was requested',
  },
  {
    what: 'no policy is left',
    change: (house) => Object.assign(house, { policies: [] }),
    says: 'No policy allows access to api-1',
  },
  {
    what: 'the protection allows less time',
    change: (_, cloud) => protectedAs(cloud, [{ ...SSH, longestMs: 1_800_000 }]),
    says: 'The protection of api-1 allows port 22 for 30 min at most',
  },
  {
    what: 'the protection allows other sources',
    change: (_, cloud) => protectedAs(cloud, [{ ...SSH, sources: ['198.51.100.0/24'] }]),
    says: 'The protection of api-1 does not allow 203.0.113.7 on port 22',
  },
  {
    what: 'the port is not protected any more',
    change: (_, cloud) => protectedAs(cloud, []),
    says: 'Port 22 of api-1 is not protected',
  },
];

describe('before the first call of an opening', () => {
  it.each(CHANGES)('what changed since the approval ends it: $what', async ({ change, says }) => {
    const { house, cloud, converge, load, deps, chat, id } = await approved();
    change(house, cloud);
    await converge();
    expect(await load()).toMatchObject({
      status: 'ended',
      ending: { why: 'failed', code: 'changedSinceApproval', say: expect.stringContaining(says) },
      proof: { verdict: 'closed' },
    });
    expect(cloud.calls).toEqual([]);
    // Said aloud to both: an approver's own chat is quiet about most other things.
    await notify(deps, id, never);
    const told = chat.shown.filter(({ view, previous }) => previous.announced !== view.announce);
    expect(told.map(({ place }) => place.id).sort()).toEqual(['C1', 'U1', 'U2']);
    for (const { view } of told) expect(plain(view.headline)).toContain(says);
  });

  it('what changed is said in the language of the reader, each of it', async () => {
    const { house, cloud, converge, load } = await approved();
    house.policies = [{ ...POLICY, longestMs: 1_800_000 }];
    protectedAs(cloud, []);
    await converge();
    const ended = await load();
    if (ended?.status !== 'ended' || ended.ending.why !== 'failed') throw new Error('it did not fail');
    expect(plainly(spoken(keptSpans(ended.ending, 'hint'), TONGUES.de))).toBe(
      'Etwas hat sich nach der Genehmigung geändert: Richtlinie production erlaubt höchstens 30 min; angefragt wurden 1 h. Port 22 von api-1 ist nicht geschützt und kann darum nicht geöffnet werden. Darum wurde nicht geöffnet. Bei Bedarf noch einmal Zugang anfragen.',
    );
  });

  it('every change is said, not only the first', async () => {
    const { house, cloud, converge, load } = await approved();
    house.policies = [{ ...POLICY, longestMs: 1_800_000 }];
    protectedAs(cloud, [{ ...SSH, sources: ['198.51.100.0/24'] }]);
    await converge();
    const ended = await load();
    expect(ended).toMatchObject({
      ending: { say: expect.stringContaining('Policy production allows at most 30 min') },
    });
    expect(ended).toMatchObject({ ending: { say: expect.stringContaining('does not allow 203.0.113.7') } });
  });

  it('what cannot be told is asked again, and opens nothing until it can', async () => {
    const { cloud, clock, converge, load } = await approved();
    const { look } = cloud;
    cloud.look = () => Promise.reject(new JitError('cloudSilent', { cloud: 'AWS' }));
    await converge();
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'cloudSilent' } });
    expect(cloud.calls).toEqual([]);
    cloud.look = look;
    clock.advance(MINUTE_MS);
    await converge();
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('is before each try: what was begun is closed', async () => {
    const { house, cloud, clock, converge, load } = await approved();
    cloud.failures = [new JitError('cloudSilent', { cloud: 'AWS' })];
    await converge();
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'cloudSilent' } });
    expect(cloud.rules.size).toBe(0);
    house.people = [GRACE];
    clock.advance(MINUTE_MS);
    await converge();
    expect(cloud.calls.at(-1)).toBe('close 1');
    expect(await load()).toMatchObject({ status: 'ended', ending: { code: 'changedSinceApproval' } });
  });

  it('nothing that stayed as it was is in the way', async () => {
    const { house, cloud, converge, load } = await approved();
    house.policies = [{ ...POLICY, name: 'renamed', tell: [] }];
    await converge();
    expect(await load()).toMatchObject({ status: 'active' });
    expect(cloud.rules.size).toBe(1);
  });
});

describe('closing', () => {
  it('is never judged, whoever has left and whatever cannot be read', async () => {
    const { house, cloud, converge, load, deps, id } = await approved();
    await converge();
    await revoke(deps, GRACE, id);
    house.people = [];
    house.policies = [];
    cloud.look = () => Promise.reject(new JitError('cloudSilent', { cloud: 'AWS' }));
    await converge();
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });

  it('does not wait for the judgement of another’s opening', async () => {
    const { cloud, converge, load, deps, id } = await approved();
    await converge();
    const other = await submit(deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k2' });
    await decide(deps, GRACE, { request: other.id, verdict: 'approve' });
    await revoke(deps, GRACE, id);
    const order: string[] = [];
    const { look, close } = cloud;
    cloud.look = (...args) => {
      order.push('judge');
      return look(...args);
    };
    cloud.close = (...args) => {
      order.push('close');
      return close(...args);
    };
    await converge();
    expect(order.slice(0, 2)).toEqual(['close', 'judge']);
    expect(await load()).toMatchObject({ status: 'ended' });
    expect((await deps.store.load(other.id)).request?.status).toBe('active');
  });
});
