import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { googleWorld } from '../../simulators/demo/google.ts';
import { type Services, startServices } from '../../simulators/demo/services.ts';
import { changesAzure, lastCalls } from '../../simulators/page/calls.ts';
import { BODY_LIMIT } from '../../simulators/page/guard.ts';
import { startPage } from '../../simulators/page/server.ts';
import type { PageState } from '../../simulators/page/state.ts';
import { channels, people } from '../../simulators/world.ts';

/** A stand-in for the program: keeps the headers of what it is sent, and says yes. */
const delivered: IncomingHttpHeaders[] = [];
const program = createServer((request, response) => {
  delivered.push(request.headers);
  request.resume().on('end', () => response.end());
});
let services: Services;
let page: Awaited<ReturnType<typeof startPage>>;
let restarts = 0;

beforeAll(async () => {
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
  services = await startServices({ google: googleWorld });
  services.setTarget(`http://127.0.0.1:${(program.address() as AddressInfo).port}`);
  page = await startPage({
    ...services,
    restartProgram: async () => {
      restarts += 1;
    },
  });
});

afterAll(async () => {
  await page.stop();
  await services.stop();
  program.close();
});

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not `fetch`, which lets nobody choose a Host. */
async function call(path: string, { method = 'GET', headers = {}, body }: Call = {}) {
  const sent = httpRequest(new URL(path, page.url), { method, headers }).end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode as number, headers: response.headers as IncomingHttpHeaders, text };
}

const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  call(path, {
    method: 'POST',
    headers: { origin: page.url, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const state = async () => JSON.parse((await call('/api/state')).text) as PageState;
const command = { user: people.requester.slackId, channel: channels.slack.id, line: '/jit list' };

describe('the page', () => {
  it('comes with a policy that lets nothing in from elsewhere, and frames it nowhere', async () => {
    const { status, headers, text } = await call('/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    const scripts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(scripts.length).toBeGreaterThan(1);
    for (const path of scripts) expect((await call(path)).status, path).toBe(200);
  });

  it('shows both chats, both clouds and the program', async () => {
    const { clouds, people: shown, program: shownProgram } = await state();
    expect(clouds.azure.map(({ name }) => name)).toContain('web-1');
    expect(clouds.aws.map(({ name }) => name)).toContain('api-1');
    expect(shown.map(({ id }) => id)).toContain('ada');
    expect(shownProgram).toEqual({ status: 'running', canRestart: true });
  });

  it('shows Google Cloud where it is: what a tag opens, and a rule of Drawbridge with its end', async () => {
    const rule = { network: 'default', direction: 'INGRESS', allowed: [{ IPProtocol: 'tcp', ports: ['22'] }] } as const;
    const until = new Date(Date.UTC(2026, 10, 28, 12)).toISOString();
    services.gcp?.human.addRule({
      ...{ ...rule, name: 'db-demo-l1', priority: 1000, sourceRanges: ['203.0.113.7/32'] },
      ...{ destinationRanges: ['10.132.0.10/32'], description: `drawbridge/1 x db1.k1.a.b until=${until} for=r-1` },
    });
    const { gcp = [] } = (await state()).clouds;
    expect(
      gcp.map(({ name, groups }) => [name, groups[0]?.rules.map(({ source, ours, alarm }) => [source, ours, alarm])]),
    ).toEqual([
      ['query-1', [['203.0.113.7', true, undefined]]],
      ['report-1', [['anywhere', false, 'open to everyone on 22']]],
    ]);
    expect(gcp[0]?.groups[0]?.rules[0]).toMatchObject({ endMs: Date.parse(until), ports: '22', writer: 'Drawbridge' });
    services.gcp?.human.removeRule('db-demo-l1');
  });

  it('delivers a command as Slack does: signed', async () => {
    delivered.length = 0;
    expect(await post('/api/slack/command', command)).toMatchObject({ status: 200 });
    expect(delivered).toEqual([expect.objectContaining({ 'x-slack-signature': expect.stringMatching(/^v0=/) })]);
  });

  it('delivers a message as Bot Framework does: with a token', async () => {
    delivered.length = 0;
    const body = { person: people.manager.entraId, where: 'personal', text: 'list' };
    expect(await post('/api/teams/say', body)).toMatchObject({ status: 200 });
    expect(delivered).toEqual([expect.objectContaining({ authorization: expect.stringMatching(/^Bearer ey/) })]);
  });

  it('switches a bad day on and off', async () => {
    const day = { cloud: 'aws', kind: 'throttle' };
    await post('/api/bad-day', { ...day, on: true });
    expect((await state()).badDays).toEqual({ azure: [], aws: ['throttle'] });
    await post('/api/bad-day', { ...day, on: false });
    expect((await state()).badDays).toEqual({ azure: [], aws: [] });
  });

  it('kills the program and starts it again', async () => {
    expect(await post('/api/program/kill', {})).toMatchObject({ status: 200 });
    expect(restarts).toBe(1);
  });

  it('sends what changes as it changes', async () => {
    const abort = new AbortController();
    const events = await fetch(`${page.url}/api/events`, { signal: abort.signal });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    const until = async (part: string) => {
      for (let text = ''; !text.includes(part); ) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error('the stream ended');
        text += value;
      }
    };
    await until('"badDays":{"azure":[]');
    await post('/api/bad-day', { cloud: 'azure', kind: 'slow', on: true });
    await until('"badDays":{"azure":["slow"]');
    await post('/api/bad-day', { cloud: 'azure', kind: 'slow', on: false });
    abort.abort();
  });

  it.each([
    { name: 'another Host', run: () => call('/api/state', { headers: { host: 'evil.example' } }), status: 421 },
    { name: 'another Origin', run: () => post('/api/bad-day', {}, { origin: 'http://evil.example' }), status: 403 },
    { name: 'a form', run: () => post('/api/bad-day', 'a=b', { 'content-type': 'text/plain' }), status: 415 },
    { name: 'another method', run: () => call('/api/state', { method: 'DELETE' }), status: 405 },
    { name: 'no JSON', run: () => post('/api/bad-day', '{'), status: 400 },
    { name: 'a wrong shape', run: () => post('/api/bad-day', { cloud: 'gcp' }), status: 400 },
    { name: 'a long body', run: () => post('/api/bad-day', `"${'x'.repeat(BODY_LIMIT)}"`), status: 413 },
    { name: 'an unknown action', run: () => post('/api/nothing', {}), status: 404 },
    { name: 'a path above the folder', run: () => call('/../../package.json'), status: 404 },
    {
      name: 'a press of a card that is gone',
      run: () => post('/api/teams/refresh', { person: people.manager.entraId, activity: 'gone' }),
      status: 409,
    },
  ])('refuses $name', async ({ run, status }) => {
    const answer = await run();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, notice: expect.stringMatching(/\S/) });
  });
});

it.each([
  ['POST', 'ListNetworkManagerEffectiveSecurityAdminRules', false],
  ['POST', 'NetworkInterfaces_ListEffectiveNetworkSecurityGroups', false],
  ['POST', 'Resources', false],
  ['GET', 'SecurityRules_Get', false],
  ['POST', 'JitNetworkAccessPolicies_Initiate', true],
  ['PUT', 'SecurityRules_CreateOrUpdate', true],
])('shows %s %s among the changes: %s', (method, operation, changes) => {
  expect(changesAzure(method, operation)).toBe(changes);
});

it('keeps the calls that changed something, however much was read since', () => {
  const call = (action: string, mutating: boolean, atMs: number) =>
    ({ action, mutating, atMs, summary: '', status: 200 }) as ReturnType<Services['aws']['log']>[number];
  const reads = Array.from({ length: 1_000 }, (_, i) => call('DescribeInstances', false, i + 1));
  const calls = lastCalls({
    aws: { log: () => [call('AuthorizeSecurityGroupIngress', true, 0), ...reads] },
    azure: { log: () => [] },
  });
  expect(calls.filter(({ changes }) => changes).map(({ text }) => text)).toEqual([
    'AuthorizeSecurityGroupIngress  → 200',
  ]);
  expect(calls.length).toBeLessThan(100);
  expect(calls[0]?.atMs).toBe(1_000);
});
