import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { sinkServer } from '../adapters/sink-server.ts';
import { atCommandLine } from './command-line.ts';

const WAIT = { timeout: 90_000, interval: 100 };
const ORDER = ['drawbridge.asked', 'drawbridge.approved', 'drawbridge.opened', 'drawbridge.closed'];

it('events reach a webhook at least once and in order, through its outage and kill -9, and again on request', {
  timeout: 400_000,
}, async () => {
  const server = await sinkServer(() => ({ status: 204 }));
  onTestFinished(server.stop);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-webhooks-'));
  const settings = { shortest: '3s', azureMinimum: 0, appendfsync: 'always' } as const;
  const demo = await startDemo({ folder, ...settings, hook: `${server.url}/soar` });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const got = () =>
    server.kept.map(({ headers, body }) => ({ id: headers['webhook-id'], type: JSON.parse(body).type }));
  const once = () => [...new Map(got().map(({ id, type }) => [id, type])).values()];

  await stage.slack('security', '/jit protect api-1 usual');
  const answer = await stage.slack('requester', '/jit request api-1 ssh for 5s because of a test');
  await vi.waitFor(() => expect(once()).toEqual(ORDER.slice(0, 1)), WAIT);
  // Its host goes away, and takes what it took to the grave: nobody can tell what came.
  server.state.mode = 'loses answers';
  await stage.approveInTeams('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await stage.told('is open', 'api-1');
  await vi.waitFor(() => expect(once().length).toBeGreaterThan(1), WAIT);
  server.state.mode = 'away';
  await demo.killAndRestart();
  await stage.told('closed, proven', 'api-1');
  server.state.mode = 'well';
  await vi.waitFor(() => expect(once()).toEqual(ORDER), WAIT);
  expect(got().length).toBeGreaterThan(ORDER.length);
  for (const { headers, body } of server.kept) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = demoSecrets(demo.services).HOOK_KEY ?? '';
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  }

  const { run } = atCommandLine(folder, () => expect.unreachable());
  const jit = (...words: readonly string[]) => run(demoSecrets(demo.services), '-c', 'drawbridge.yaml', ...words);
  const listed = await jit('webhooks', 'list', '--json');
  const events = ['asked', 'approved', 'opened', 'closed'];
  expect(JSON.parse(listed.out)).toEqual({
    webhooks: [
      {
        name: 'soar',
        host: server.host,
        events,
        behind: { records: expect.any(Number), waitedMs: expect.any(Number) },
      },
    ],
  });
  const before = once();
  server.kept.length = 0;
  const replayed = await jit('webhooks', 'replay', 'soar', '--since', '2026-01-01');
  expect(replayed.out).toMatch(
    /^\d+ records of the audit were gone through again; soar got the events of them that it wants\.$/,
  );
  expect(got().map(({ type }) => type)).toEqual(before);
  const unknown = await jit('webhooks', 'replay', 'other', '--since', '2026-01-01');
  expect([unknown.code, unknown.error]).toEqual([1, expect.stringContaining('no webhook is called other')]);
});
