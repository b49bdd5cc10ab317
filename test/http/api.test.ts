import { describe, expect, it } from 'vitest';
import { standing } from '../../src/cli/person/wait.ts';
import { API_CALLS } from '../../src/http/api/calls.ts';
import { POLICY } from '../app/fixtures.ts';
import { ADA, api, DEVICE, GRACE } from './api-rig.ts';

describe('the API', () => {
  it('tells anybody how to sign in, and nobody anything else without a token', async () => {
    const { call } = await api();
    expect((await call(undefined, 'sign-in')).body).toEqual({
      ...{ issuer: 'https://login.example.com/t/v2.0', clientId: 'cli', scope: 'api://x/jit', installation: 'test' },
    });
    for (const { path, method, body } of API_CALLS) {
      const at = path.replace('/api/v1/', '').replace(':id', 'abcdefg');
      const said = await call(undefined, at, body || method === 'POST' ? {} : undefined);
      expect([path, said.status, said.body.code]).toEqual([path, 401, 'noToken']);
      expect(said.headers.get('www-authenticate')).toBe('Bearer');
    }
    const refused = await call('eve.browser.x', 'whoami');
    expect(refused).toMatchObject({ status: 401, type: 'application/problem+json; charset=utf-8' });
    expect(refused.body).toEqual({
      ...{ type: 'urn:drawbridge:error:tokenRefused', title: 'Not signed in', status: 401 },
      detail: 'The token of this call does not count: it is over. Sign in again with `jit login`.',
      ...{ code: 'tokenRefused', kind: 'unauthentic' },
      errors: [{ in: 'header', field: 'Authorization', detail: expect.stringContaining('it is over') }],
    });
    expect(await call('otto.browser.x', 'whoami')).toMatchObject({ status: 403, body: { code: 'unknownPerson' } });
  });

  it('is the way of one request: asked, listed, shown, approved, open, revoked', async () => {
    const { call, ask, open } = await api();
    const id = await ask();
    expect((await call(ADA, 'requests?whose=mine')).body.requests).toMatchObject([{ id, status: 'pending' }]);
    expect((await call(GRACE, 'requests?whose=pending')).body.requests).toMatchObject([
      { id, requester: { id: 'ada' }, asked: [{ id: 'grace' }], reason: 'deploy', ports: ['22'] },
    ]);
    const approved = await call(GRACE, `requests/${id}/approve`, { version: 1 });
    expect(approved).toMatchObject({ status: 200, body: { request: { status: 'activating' } } });
    await open();
    const shown = await call(ADA, `requests/${id}`);
    expect(shown.body.request).toMatchObject({ status: 'active', reviews: [{ id: 'grace', verdict: 'approve' }] });
    expect(shown.body.page.sections.length).toBeGreaterThan(0);
    const extended = await call(ADA, `requests/${id}/extend`, { words: 'for 30m' });
    expect(extended.body.said.join()).toContain('Asked for 30 min more');
    expect(await call(GRACE, `requests/${id}/deny`, { reason: 'enough' })).toMatchObject({ status: 200 });
    const both = await call(ADA, `requests/${id}`);
    expect(both.body.request.reviews).toMatchObject([
      { id: 'grace', verdict: 'approve', of: 'request' },
      { id: 'grace', verdict: 'deny', of: 'extension', reason: 'enough' },
    ]);
    expect(standing(both.body.request)).toContain('Grace: approved · Grace: denied more time · until');
    const ended = await call(ADA, `requests/${id}/revoke`, {});
    expect(ended.body.request).toMatchObject({ status: 'closing' });
  });

  it('stands in the audit as what somebody spoke through, whatever they do and wherever they are answered', async () => {
    const { call, ask, open, audit } = await api();
    const id = await ask();
    await call(ADA, `requests/${id}/approve`, {});
    await call(GRACE, `requests/${id}/approve`, {});
    await open();
    await call(ADA, `requests/${id}/extend`, { words: 'for 30m' });
    await call(GRACE, `requests/${id}/deny`, { reason: 'enough' });
    await call(ADA, `requests/${id}/revoke`, {});
    await call(ADA, 'requests', { machine: 'no-such', because: 'x' });
    await call(ADA, 'explain?words=api-1');
    const facts = audit.all.map(({ record }) => JSON.parse(record));
    const byPeople = facts.filter(({ by }) => by === 'ada' || by === 'grace');
    expect(byPeople.map(({ event, through }) => `${event}: ${through}`)).toEqual([
      ...['asked: api', 'approve: api', 'approved: api', 'extension asked: api', 'extension denied: api'],
      ...['revoked: api', 'request: api', 'explain: api'],
    ]);
  });

  it('takes a request in the words of chat, and the same one once', async () => {
    const { call } = await api();
    const key = { 'idempotency-key': 'one-and-the-same' };
    const words = { words: 'api-1 ssh for 2h from 203.0.113.7 because deploy of 4711' };
    const first = await call(ADA, 'requests', words, key);
    expect(first.body.request).toMatchObject({ ports: ['22'], source: '203.0.113.7/32', reason: 'deploy of 4711' });
    expect((await call(ADA, 'requests', words, key)).body.request.id).toBe(first.body.request.id);
    expect(await call(ADA, 'requests', words, { 'idempotency-key': 'a b' })).toMatchObject({ status: 422 });
  });

  it('judges as chats do: own requests, strangers’ requests, and what no policy covers', async () => {
    const { call, ask, audit } = await api();
    const id = await ask();
    expect(await call(ADA, `requests/${id}/approve`, {})).toMatchObject({ status: 403, body: { kind: 'denied' } });
    expect(audit.all.at(-1)?.record).toContain('"event":"approve"');
    expect(audit.all.at(-1)?.record).toContain('refused');
    expect(await call(ADA, 'requests?whose=all')).toMatchObject({ status: 403, body: { code: 'notSecurity' } });
    expect(await call(ADA, 'recommend')).toMatchObject({ status: 403, body: { code: 'notProtector' } });
    expect(await call(GRACE, 'requests', { machine: 'api-1', because: 'x' })).toMatchObject({
      ...{ status: 403, body: { code: 'noPolicy' } },
    });
    expect(await call(ADA, 'requests/abcdefg')).toMatchObject({ status: 404, body: { code: 'unknownRequest' } });
    expect((await call(GRACE, `requests/${id}`)).body.request).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('lets whoever signed in with a device code list and request, and decide nothing', async () => {
    const { call, ask } = await api();
    const id = await ask();
    expect(await call(DEVICE, 'requests')).toMatchObject({ status: 200 });
    expect(await call(DEVICE, 'whoami')).toMatchObject({ status: 200, body: { isLimited: true } });
    expect(await call('ada.device.x', 'requests', { words: 'api-1 3389 because x' })).toMatchObject({
      ...{ body: { code: 'policyPort' } },
    });
    const bodies = { approve: {}, deny: { reason: 'x' }, withdraw: {}, revoke: {}, extend: {} };
    for (const [verb, body] of Object.entries(bodies)) {
      const said = await call(DEVICE, `requests/${id}/${verb}`, body);
      expect([verb, said.status, said.body.code]).toEqual([verb, 403, 'deviceSignIn']);
    }
    expect((await call(GRACE, `requests/${id}`)).body.request).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('says what an approval needs first, and has approved nothing', async () => {
    const { call, ask } = await api({ policies: [{ ...POLICY, stepUp: 'signIn' }] });
    const id = await ask();
    const said = await call(GRACE, `requests/${id}/approve`, {});
    expect(said.status).toBeGreaterThan(399);
    expect((await call(GRACE, `requests/${id}`)).body.request).toMatchObject({ status: 'pending', reviews: [] });
  });

  it.each<readonly [string, unknown, string]>([
    ['requests', '{', 'the body cannot be read: it is no JSON'],
    ['requests', [], 'the body must be a JSON object with `machine` and `because`, or `words`'],
    ['requests', { words: 'api-1 because x', machine: 'api-1' }, '`machine` cannot stand beside `words`'],
    ['requests', { words: '' }, '`words` must not be empty'],
    ['requests/abcdefg/deny', {}, 'reason'],
    ['requests/abcdefg/approve', { version: '1' }, 'version'],
    ['requests/abcdefg/approve', { number: 'x' }, 'number'],
    ['requests/abcdefg/approve', { stepUp: 'signIn' }, '`stepUp` is not known here'],
    ['requests/..%2f1/approve', {}, 'seven letters'],
  ])('does not take %s with %o', async (path, body, why) => {
    const { call } = await api();
    const said = await call(ADA, path, body);
    expect(said).toMatchObject({ status: 422, body: { code: 'malformedCall' } });
    expect(said.body.detail).toContain(why);
  });

  it('takes JSON alone, of some kilobytes, and a known question alone', async () => {
    const { call } = await api();
    expect(await call(ADA, 'requests', '{"words":"x"}', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect(await call(ADA, 'requests', { words: 'x'.repeat(9_000) })).toMatchObject({ status: 413 });
    expect(await call(ADA, 'requests?whose=everybody')).toMatchObject({ status: 422 });
    expect(await call(ADA, 'requests', { words: 'api-1, api-2 because x' })).toMatchObject({
      ...{ status: 422, body: { code: 'oneMachine' } },
    });
  });

  it('is slow to whoever asks too much, and to whoever guesses', async () => {
    const { call, clock } = await api();
    for (let i = 0; i < 60; i += 1) expect((await call(ADA, 'whoami')).status).toBe(200);
    const slow = await call(ADA, 'whoami');
    expect(slow).toMatchObject({ status: 429, body: { code: 'tooManyCalls' } });
    expect(slow.headers.get('retry-after')).toBe('1');
    expect((await call(GRACE, 'whoami')).status).toBe(200);
    clock.advance(1_000);
    expect((await call(ADA, 'whoami')).status).toBe(200);
    for (let i = 0; i < 60; i += 1) await call('eve.browser.x', 'whoami');
    expect(await call('eve.browser.x', 'whoami')).toMatchObject({ status: 429 });
  });
});
