import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GcpSimulator, startGcpSimulator } from '../../simulators/gcp/index.ts';
import { ManualClock } from '../../simulators/shared/clock.ts';

const GOOD = {
  name: 'a',
  network: 'global/networks/default',
  allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
  sourceRanges: ['203.0.113.7/32'],
};

describe('the simulated Compute Engine', () => {
  const clock = new ManualClock(Date.parse('2026-11-28T10:00:00Z'));
  let sim: GcpSimulator;
  beforeEach(async () => {
    sim = await startGcpSimulator({
      clock: clock.now,
      instances: [
        { name: 'a-1', address: '10.0.0.1', external: '198.51.100.1', tags: ['web'] },
        { name: 'b-1', address: '10.0.0.2' },
      ],
    });
  });
  afterEach(() => sim.stop());

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${sim.url}/compute/v1/projects/${sim.project}/${path}`, {
      method,
      headers: { authorization: 'Bearer ya29.simulated' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const reason = async (done: ReturnType<typeof call>) => {
    const { status, body } = await done;
    return `${status} ${body.error?.errors[0].reason ?? body.status}`;
  };
  const insert = (change: object) => reason(call('POST', 'global/firewalls', { ...GOOD, ...change }));

  test.each([
    ['both allowed and denied', { denied: [{ IPProtocol: 'all' }] }, '400 invalid'],
    ['neither', { allowed: [] }, '400 invalid'],
    ['mixed families', { destinationRanges: ['fd00::1/128'] }, '400 invalid'],
    ['tags with service accounts', { targetTags: ['a'], targetServiceAccounts: ['a@b'] }, '400 invalid'],
    ['bits behind the length', { sourceRanges: ['203.0.113.7/24'] }, '400 invalid'],
    ['a bad name', { name: 'A_b' }, '400 invalid'],
    ['a long description', { description: 'x'.repeat(2049) }, '400 invalid'],
    ['a priority that is none', { priority: 65_536 }, '400 invalid'],
    ['a field that is not known', { ttl: 60 }, '400 badRequest'],
    ['an unknown network', { network: 'global/networks/other' }, '404 notFound'],
    ['nothing of that', {}, '200 PENDING'],
  ])('answers an insert with %s', async (_, change, expected) => {
    expect(await insert(change)).toBe(expected);
  });

  test('makes a rule without a source one for everybody', async () => {
    await insert({ sourceRanges: [] });
    clock.advance(1_000);
    expect((await call('GET', 'global/firewalls/a')).body.sourceRanges).toEqual(['0.0.0.0/0']);
    const { sourceRanges: _, ...rest } = GOOD;
    await call('POST', 'global/firewalls', { ...rest, name: 'b' });
    clock.advance(1_000);
    expect((await call('GET', 'global/firewalls/b')).body.sourceRanges).toEqual(['0.0.0.0/0']);
  });

  test('does what it is told after a while, and once', async () => {
    const { body } = await call('POST', 'global/firewalls', GOOD);
    const state = async () => (await call('GET', `global/operations/${body.name}`)).body.status;
    expect(await reason(call('GET', 'global/firewalls/a'))).toBe('404 notFound');
    expect(await insert({})).toBe('409 alreadyExists');
    clock.advance(600);
    expect(await state()).toBe('RUNNING');
    clock.advance(400);
    expect(await state()).toBe('DONE');
    expect(await insert({})).toBe('409 alreadyExists');
    expect(await reason(call('DELETE', 'global/firewalls/a'))).toBe('200 PENDING');
    expect(await reason(call('DELETE', 'global/firewalls/a'))).toBe('400 resourceNotReady');
    clock.advance(1_000);
    expect(await reason(call('DELETE', 'global/firewalls/a'))).toBe('404 notFound');
  });

  test('fails after its 200 where it is told to', async () => {
    sim.failNext({ code: 'QUOTA_EXCEEDED', message: "Quota 'FIREWALLS' exceeded.", status: 403 });
    const { body } = await call('POST', 'global/firewalls', GOOD);
    clock.advance(1_000);
    expect((await call('GET', `global/operations/${body.name}`)).body).toMatchObject({
      status: 'DONE',
      error: { errors: [{ code: 'QUOTA_EXCEEDED' }] },
    });
    expect(await reason(call('GET', 'global/firewalls/a'))).toBe('404 notFound');
  });

  test('gives machines by zone and page, and effective rules by interface', async () => {
    const first = (await call('GET', 'aggregated/instances?maxResults=1')).body;
    expect(first.items['zones/us-east1-b'].warning.code).toBe('NO_RESULTS_ON_PAGE');
    expect(first.nextPageToken).toBe('1');
    sim.human.addRule({ ...GOOD, network: 'default', direction: 'INGRESS', priority: 1, targetTags: ['web'] });
    const of = (name: string, nic = '?networkInterface=nic0') =>
      call('GET', `zones/europe-west1-b/instances/${name}/getEffectiveFirewalls${nic}`);
    expect((await of('a-1')).body.firewalls).toHaveLength(1);
    expect((await of('b-1')).body.firewalls).toHaveLength(0);
    expect(await reason(of('a-1', ''))).toBe('400 invalid');
  });
});
