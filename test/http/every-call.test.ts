import { METHODS } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Code, JitError } from '../../src/core/errors/errors.ts';
import { callText } from '../../src/core/errors/in-call.ts';
import { ERROR_TABLE } from '../../src/core/errors/table.ts';
import { API_CALLS } from '../../src/http/api/calls.ts';
import { promised } from './promised.ts';
import { caller, chatWords, isRefusal, JSON_TYPE, OF_PAGES, type Row } from './refused.ts';

interface Bodied extends Row {
  readonly body: string | Buffer;
}

interface Asked extends Row {
  readonly query: string;
}

const DEEP = 3_000;
const BODIES: readonly Bodied[] = [
  { what: 'a mark of its byte order before it', body: '\ufeff{"more":1}', status: 422, field: 'more' },
  { what: 'a list', body: '[]', status: 422, field: '' },
  { what: 'a string', body: '"x"', status: 422, field: '' },
  { what: 'null', body: 'null', status: 422, field: '' },
  { what: 'a number', body: '1e309', status: 422, field: '' },
  { what: 'nothing', body: '', status: 422, field: '' },
  { what: 'half an object', body: '{', status: 422, field: '' },
  { what: 'another language', body: '<a/>', status: 422, field: '' },
  {
    what: 'bytes that are no UTF-8',
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    status: 422,
    field: '',
  },
  { what: 'half a character', body: '{"reason":"\\ud800"}', status: 422, field: '' },
  { what: 'a key twice', body: '{"reason":"a","rea\\u0073on":"b"}', status: 422, field: 'reason' },
  { what: 'a prototype', body: '{"__proto__":{"machine":"api-1"}}', status: 422, field: '__proto__' },
  { what: 'an unknown field', body: '{"more":1}', status: 422, field: 'more' },
  { what: 'a number that is none', body: '{"more":1e309}', status: 422, field: 'more' },
  { what: 'what goes deep', body: `{"more":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`, status: 422, field: 'more' },
  { what: 'what is too long', body: `{"more":"${'x'.repeat(9_000)}"}`, status: 413, field: '-' },
  { what: 'plain text', body: '{}', headers: { 'content-type': 'text/plain' }, status: 415, field: 'Content-Type' },
  {
    what: 'a form',
    body: 'a=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    field: 'Content-Type',
  },
  {
    what: 'another charset',
    body: '{}',
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    field: 'Content-Type',
  },
  {
    what: 'what is packed',
    body: gzipSync('{}'),
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    status: 415,
    field: 'Content-Type',
  },
  {
    what: 'a bad key',
    body: '{"more":1}',
    headers: { ...JSON_TYPE, 'idempotency-key': 'a b' },
    status: 422,
    field: 'more',
  },
];

const QUERIES: readonly Asked[] = [
  { what: 'an unknown name', query: 'more=1', status: 422, field: 'more' },
  { what: 'a prototype', query: '__proto__=1', status: 422, field: '__proto__' },
  { what: 'a name twice', query: 'like=1&like=2', status: 422, field: 'like' },
];

const ANYHOW: readonly Row[] = [
  { what: 'no token', token: '', status: 401, field: 'Authorization' },
  { what: 'a password', token: 'Basic YTpi', status: 401, field: 'Authorization' },
  { what: 'a token of nobody', token: 'Bearer eve.browser.x', status: 401, field: 'Authorization' },
];

const ROUTES = API_CALLS.map((call) => ({ ...call, at: call.path.replace(':id', 'abcdefg') }));

describe.each(ROUTES.filter(({ body }) => body))('the body of $method $path', ({ at, method, path }) => {
  it.each(BODIES)('may not be $what', async (row) => {
    const { send } = await caller();
    const said = await send({ method, path: at, body: row.body, headers: row.headers ?? JSON_TYPE });
    isRefusal(said, row);
    expect(said.body.code).toBe({ 413: 'bodyTooLong', 415: 'notJson' }[row.status] ?? 'malformedCall');
    expect(promised(method, path.replace('/api/v1/', '').replace(':id', 'abcdefg'), said)).toBe('');
  });
});

describe.each(ROUTES.filter(({ body }) => !body))('the query of $method $path', ({ at, method, path }) => {
  it.each(QUERIES)('may not have $what', async (row) => {
    const { send } = await caller();
    const said = await send({ method, path: `${at}?${row.query}` });
    isRefusal(said, row);
    expect(promised(method, path.replace('/api/v1/', '').replace(':id', 'abcdefg'), said)).toBe('');
  });
});

describe.each(ROUTES)('$method $path', ({ at, method, body }) => {
  const whole = body ? { body: '{}', headers: JSON_TYPE } : {};

  it.each(ANYHOW)('with $what is refused', async (row) => {
    const { send } = await caller();
    isRefusal(await send({ method, path: at, token: row.token ?? '', ...whole }), row);
  });

  it('takes no other methods, and says which it takes', async () => {
    const { send } = await caller();
    const taken = ROUTES.filter((one) => one.at === at).map((one) => one.method);
    for (const other of METHODS.filter((name) => !['CONNECT', 'HEAD', 'TRACE'].includes(name))) {
      if (taken.some((one) => one === other)) continue;
      const said = await send({ method: other, path: at });
      isRefusal(said, { what: other, status: 405, field: '-' });
      expect(said.body.code).toBe('otherMethod');
      expect(said.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(taken));
      expect(said.body.detail).toContain(other);
    }
    const head = await send({ method: 'HEAD', path: at, token: '' });
    expect([head.status, head.body]).toEqual([taken.includes('GET') ? 401 : 405, '']);
  });

  it('answers in JSON, whatever `Accept` says', async () => {
    const { send } = await caller();
    const headers = { ...whole.headers, accept: 'text/html;q=1, application/json;q=0' };
    expect((await send({ method, path: at, ...whole, headers })).type).toContain('json');
  });
});

describe('a path of the API that is none', () => {
  it.each([
    ...['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/requests/abcdefg/open', '/api/v1/whoami/'],
    ...['/api/v1//whoami', '/api/v1/%2fwhoami', '/api/v1/requests%2fabcdefg', '/api/v1/WHOAMI', '/api/v1/whoami;a=b'],
    `/api/v1/${'x'.repeat(8_000)}`,
  ])('%s is refused as all else', async (path) => {
    const { send } = await caller();
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND'])
      isRefusal(await send({ method, path }), { what: path, status: 404, field: '-' });
    expect((await send({ path })).body.code).toBe('noSuchCall');
    expect((await send({ method: 'HEAD', path })).status).toBe(404);
  });

  it('that cannot be read is, too, and others are answered in a plain line', async () => {
    const { send } = await caller();
    for (const id of ['%zz', 'x'.repeat(300)])
      isRefusal(await send({ path: `/api/v1/requests/${id}` }), { what: '', status: 422, field: '-' });
    expect(await send({ path: '/nothing' })).toMatchObject({ status: 404, type: 'text/plain; charset=utf-8' });
  });
});

describe('every error that there is', () => {
  it.each((Object.keys(ERROR_TABLE) as Code[]).filter((code) => !OF_PAGES.includes(code)))(
    '%s tells a program nothing that is done in chat alone',
    (code) => {
      expect(chatWords(callText(new JitError(code as 'bug', {} as never)))).toEqual([]);
    },
  );
});
