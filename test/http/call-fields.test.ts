import { describe, expect, it } from 'vitest';
import { caller, isRefusal, JSON_TYPE } from './refused.ts';

describe('what a call may say', () => {
  it.each([
    ['whoami?x=', 'x'],
    ['sign-in?more=1', 'more'],
    ['requests?limit=abc', 'limit'],
    ['requests?limit=-1', 'limit'],
    ['requests?limit=0', 'limit'],
    ['requests?limit=201', 'limit'],
    ['requests?limit=1.0', 'limit'],
    ['requests?limit=', 'limit'],
    ['requests?whose=everybody', 'whose'],
    ['requests?after=!', 'after'],
    ['requests?after=abc', 'after'],
    ['why', 'words'],
    ['why?words=', 'words'],
    ['why?words=api-1%20form', 'words'],
    ['explain?words=nowhere-1', 'words'],
    [`machines?like=${'x'.repeat(201)}`, 'like'],
    ['requests/', 'id'],
    ['requests/ABC', 'id'],
    ['requests/abcdefg', 'id'],
  ])('%s: names %s', async (path, field) => {
    const { send } = await caller();
    const said = await send({ path: `/api/v1/${path}` });
    isRefusal(said, { what: path, status: said.status === 404 ? 404 : 422, field });
    expect(said.body.detail).toContain(field === 'id' || said.status === 404 ? '' : `\`${field}\``);
  });

  it.each<readonly [object, string, number, RegExp]>([
    [{ machine: 'api-1' }, 'because', 422, /`because` is missing/],
    [{}, 'because', 422, /`machine` is missing; `because` is missing/],
    [{ because: 'x' }, 'machine', 422, /`machine` is missing/],
    [{ machine: 'api-1', because: '' }, 'because', 422, /`because` must not be empty/],
    [{ machine: ['api-1'], because: 'x' }, 'machine', 422, /`machine` must be a string/],
    [{ machine: 'api-1', because: 'x', ports: '22' }, 'ports', 422, /`ports` must be a list/],
    [{ machine: 'api-1', because: 'x', ports: [22] }, 'ports.0', 422, /`ports.0` must be a string/],
    [
      { machine: 'api-1', because: 'x', form: '203.0.113.7' },
      'form',
      422,
      /`form` is not known here: this takes .*`from`/,
    ],
    [{ machine: 'api-1', because: 'x', ports: ['99999'] }, 'ports', 422, /“99999” is not a port/],
    [{ machine: 'api-1', because: 'x', ports: ['22'], for: 'a day' }, 'for', 422, /`45m`/],
    [{ machine: 'api-1', because: 'x', ports: ['22'], from: 'here' }, 'from', 422, /IP address/],
    [{ machine: 'api-1', because: 'x', ports: ['22'], at: 'soon' }, 'at', 422, /18:00/],
    [{ machine: 'nowhere-1', because: 'x' }, 'machine', 404, /`GET \/api\/v1\/machines`/],
    [{ machine: 'api-1', because: 'x', ports: ['3389'] }, 'ports', 403, /3389/],
    [
      { words: 'api-1 22 form 203.0.113.7 because x' },
      'words',
      422,
      /`words`: `api-1 22 from 203\.0\.113\.7 because x`/,
    ],
    [{ words: 'api-1 because x', because: 'x' }, 'because', 422, /: `because` cannot stand beside `words`\. /],
    [{ words: 'api-1 because x', form: 'x' }, 'form', 422, /`form` is not known here/],
    [{ words: 'because x' }, 'words', 422, /`GET \/api\/v1\/machines`/],
  ])('%j is refused for its %s', async (body, field, status, says) => {
    const { send } = await caller();
    const said = await send({
      method: 'POST',
      path: '/api/v1/requests',
      body: JSON.stringify(body),
      headers: JSON_TYPE,
    });
    isRefusal(said, { what: '', status, field });
    expect(said.body.detail).toMatch(says);
  });

  it('names the header of a key that is none, or that came with another call', async () => {
    const { send } = await caller();
    const ask = (key: string, because: string) =>
      send({
        ...{ method: 'POST', path: '/api/v1/requests', headers: { ...JSON_TYPE, 'idempotency-key': key } },
        body: JSON.stringify({ machine: 'api-1', ports: ['22'], because }),
      });
    isRefusal(await ask('a b', 'x'), { what: '', status: 422, field: 'Idempotency-Key' });
    expect((await ask('one-and-the-same', 'x')).status).toBe(200);
    const other = await ask('one-and-the-same', 'y');
    expect(other).toMatchObject({
      status: 409,
      body: { code: 'keyUsed', errors: [{ in: 'header', field: 'Idempotency-Key' }] },
    });
  });
});
