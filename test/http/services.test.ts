import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { tokenVerb } from '../../src/cli/token.ts';
import { oneStage } from '../../src/config/stage.ts';
import { newKey } from '../../src/http/api/keys.ts';
import { PEOPLE, POLICY } from '../app/fixtures.ts';
import { ADA, api, GRACE } from './api-rig.ts';

const [DEPLOY, OTHER] = [newKey(), newKey()];
const SERVICES = [
  { id: 'deploy', name: 'Deploy pipeline', owner: 'ada', keys: [DEPLOY.hash] },
  { id: 'other', name: 'Another', owner: 'ada', keys: [OTHER.hash] },
];
const OWN = { ...POLICY, name: 'pipelines', who: ['person:deploy' as const] };
const ASK = { machine: 'api-1', ports: ['22'], from: '198.51.100.7', because: 'deploy of 4711' };

const house = (more: Parameters<typeof api>[0] = {}) => api({ policies: [OWN, POLICY], ...more }, SERVICES);

describe('a service', () => {
  it('requests by its key, its owner’s manager decides, and it closes what it has', async () => {
    const { call, open, audit, deps } = await house();
    expect((await call(DEPLOY.key, 'whoami')).body).toMatchObject({ id: 'deploy', name: 'Deploy pipeline' });
    // What it is told of itself is what it is: no person without accounts.
    expect((await call(DEPLOY.key, 'whoami')).body.says).toEqual([
      'Deploy pipeline: `person:deploy`, a service of Ada.',
      'Manager: Grace, as of Ada.',
      'It has no account and no groups: policies that name it cover it, and no other does.',
      'It requests, and takes back or closes what it requested; it never decides.',
    ]);
    const asked = await call(DEPLOY.key, 'requests', ASK);
    expect(asked.body.request).toMatchObject({
      ...{ requester: { id: 'deploy', name: 'Deploy pipeline' }, source: '198.51.100.7/32', status: 'pending' },
      asked: [{ id: 'grace' }],
    });
    const { id } = asked.body.request;
    // Its owner is told, in their own chat.
    const places = (await deps.store.load(id)).request?.places ?? [];
    expect(places).toContainEqual({ chat: 'slack', kind: 'private', id: 'U1' });
    expect((await call(GRACE, `requests/${id}/approve`, {})).status).toBe(200);
    await open();
    expect((await call(DEPLOY.key, `requests/${id}`)).body.request.status).toBe('active');
    expect((await call(DEPLOY.key, 'requests?whose=mine')).body.requests).toMatchObject([{ id }]);
    expect((await call(DEPLOY.key, `requests/${id}/revoke`, {})).body.request.status).toBe('closing');
    expect(audit.all.map(({ record }) => record).join()).toContain('"deploy"');
  });

  it('never decides, puts back, or reads what is others’', async () => {
    const stages = [oneStage(['manager', 'person:deploy'], 1)];
    const { call, ask } = await house({ policies: [{ ...POLICY, stages }, OWN] });
    const id = await ask();
    for (const [verb, body] of Object.entries({ approve: {}, deny: { reason: 'x' } })) {
      const said = await call(DEPLOY.key, `requests/${id}/${verb}`, body);
      expect([verb, said.status, said.body.code]).toEqual([verb, 403, 'serviceDecides']);
    }
    for (const verb of ['withdraw', 'revoke', 'extend'])
      expect((await call(DEPLOY.key, `requests/${id}/${verb}`, {})).status).toBeGreaterThan(399);
    expect(await call(DEPLOY.key, 'requests?whose=all')).toMatchObject({ status: 403 });
    expect(await call(DEPLOY.key, 'recommend')).toMatchObject({ status: 403 });
    expect((await call(ADA, `requests/${id}`)).body.request).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('is covered by a policy that names it, and by no other', async () => {
    const { call } = await house();
    expect(await call(OTHER.key, 'requests', ASK)).toMatchObject({ status: 403, body: { code: 'noPolicy' } });
    expect((await call(OTHER.key, 'machines')).body.machines).toEqual([]);
  });

  it('says where it comes from: nobody guesses that', async () => {
    const { call } = await house();
    const { from: _, ...rest } = ASK;
    expect(await call(DEPLOY.key, 'requests', rest)).toMatchObject({ body: { code: 'missingSource' } });
    const words = { words: 'api-1 ssh from me because x' };
    expect(await call(DEPLOY.key, 'requests', words)).toMatchObject({ body: { code: 'missingSource' } });
  });

  it('is not decided by whoever answers for it', async () => {
    const { call } = await house({ policies: [{ ...OWN, stages: [oneStage(['person:ada', 'manager'], 1)] }] });
    const { id, asked } = (await call(DEPLOY.key, 'requests', ASK)).body.request;
    expect(asked).toMatchObject([{ id: 'grace' }]);
    const said = await call(ADA, `requests/${id}/approve`, {});
    expect(said).toMatchObject({ status: 403, body: { code: 'ownService' } });
    // NB. nor could they withdraw it: nothing of that is told them.
    expect(said.body.detail).toBe(
      'You answer for the service Deploy pipeline, so you never decide what it requests. Someone else has to.',
    );
    const denied = await call(ADA, `requests/${id}/deny`, { reason: 'not now' });
    expect(denied).toMatchObject({ status: 403, body: { code: 'ownService' } });
  });

  it('may do nothing once its owner is disabled or gone, nor with a key that nobody has', async () => {
    const [ada, grace] = PEOPLE;
    const people = [{ ...ada, disabled: true }, grace] as typeof PEOPLE;
    const disabled = await house({ people });
    expect(await disabled.call(DEPLOY.key, 'whoami')).toMatchObject({ status: 403, body: { code: 'personDisabled' } });
    const gone = await house({ people: [grace] as typeof PEOPLE });
    expect(await gone.call(DEPLOY.key, 'requests', ASK)).toMatchObject({ body: { code: 'personDisabled' } });
    const { call } = await house();
    const refused = await call(newKey().key, 'whoami');
    expect(refused).toMatchObject({ status: 401, body: { code: 'keyRefused', errors: [{ in: 'header' }] } });
    // A pipeline cannot sign in.
    expect(refused.body.detail).toBe(
      'No service has this key. Write its hash into `api.services` and restart Drawbridge, or make a new key with `npx jit token new`.',
    );
    expect(await call(DEPLOY.hash, 'whoami')).toMatchObject({ status: 401, body: { code: 'noToken' } });
  });
});

it('a new key is printed once, with the hash of it that the configuration keeps', async () => {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  tokenVerb();
  tokenVerb();
  const [first = '', second = ''] = print.mock.calls.map(([text]) => String(text));
  print.mockRestore();
  const key = /dbk_[\w-]{43}/.exec(first)?.[0] ?? '';
  expect(first).toContain(`sha256:${createHash('sha256').update(key).digest('hex')}`);
  expect(second).not.toContain(key);
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'one-and-the-same' };

  it('has a call answered as before, made once, for whoever sent it', async () => {
    const { call } = await house();
    const first = await call(DEPLOY.key, 'requests', ASK, key);
    const { id } = first.body.request;
    await call(DEPLOY.key, `requests/${id}/withdraw`, {});
    const again = await call(DEPLOY.key, 'requests', ASK, key);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    // Somebody else’s key is another one, though it reads the same.
    const other = await call(ADA, 'requests', { ...ASK, from: '203.0.113.7' }, key);
    expect(other.body.request.id).not.toBe(id);
  });

  it('is for one call: another one is refused, and so is the same while it is made', async () => {
    const { call } = await house();
    await call(DEPLOY.key, 'requests', ASK, key);
    const other = await call(DEPLOY.key, 'requests', { ...ASK, because: 'another' }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'keyUsed' } });
    const both = await Promise.all([1, 2].map(() => call(ADA, 'requests', { ...ASK, from: '203.0.113.7' }, key)));
    const ids = both.flatMap(({ body }) => body.request?.id ?? []);
    expect(new Set(ids).size).toBe(1);
    for (const { status, body } of both) if (status !== 200) expect(body.code).toBe('keyUnderWay');
  });

  it('of what was refused is free again', async () => {
    const { call } = await house();
    const refused = await call(DEPLOY.key, 'requests', { ...ASK, ports: ['9'] }, key);
    expect(refused.status).toBe(403);
    expect((await call(DEPLOY.key, 'requests', ASK, key)).status).toBe(200);
  });
});

describe('a list', () => {
  it('comes in parts that neither repeat nor hide anything, whatever comes and ends meanwhile', async () => {
    const { call, clock } = await house();
    const made: string[] = [];
    for (let i = 1; i <= 5; i += 1) {
      clock.advance(1_000);
      const said = await call(ADA, 'requests', { ...ASK, from: `203.0.113.${i}` });
      made.unshift(said.body.request.id);
    }
    const first = await call(ADA, 'requests?limit=2');
    expect(first.body.requests.map(({ id }: { readonly id: string }) => id)).toEqual(made.slice(0, 2));
    await call(ADA, 'requests', { ...ASK, from: '203.0.113.9' });
    await call(ADA, `requests/${made[1]}/withdraw`, {});
    const second = await call(ADA, `requests?limit=2&after=${first.body.next}`);
    const third = await call(ADA, `requests?limit=2&after=${second.body.next}`);
    const rest = [...second.body.requests, ...third.body.requests].map(({ id }: { readonly id: string }) => id);
    expect(rest).toEqual(made.slice(2));
    expect(third.body.next).toBeUndefined();
    for (const bad of ['limit=0', 'limit=201', 'limit=x', 'after=x', 'after=a.b'])
      expect([bad, (await call(ADA, `requests?${bad}`)).status]).toEqual([bad, 422]);
  });
});
