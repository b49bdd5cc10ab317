import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';
import { startCollector } from '../observe/collector.ts';

const MACHINE = 'api-1';
const TOKEN = 'a-token-of-the-collector';
const SOURCE = '203.0.113.77';
const REASON = 'a-reason-that-nobody-else-may-read';
const CALL = 'AuthorizeSecurityGroupIngress';
const WAIT = { timeout: 120_000, interval: 200 };

it('one trace leads from the click to the call of the cloud, across processes and a kill -9, and has nothing that anybody wrote', {
  timeout: 300_000,
}, async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-traces-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always', words: ['--web'] });
  onTestFinished(() => demo.stop());
  const [configFile, logFile] = [join(folder, 'drawbridge.yaml'), join(folder, 'work.log')];
  process.env.COLLECTOR_TOKEN = TOKEN;
  onTestFinished(() => void delete process.env.COLLECTOR_TOKEN);
  appendFileSync(
    configFile,
    `\ntraces: { url: "${collector.url}", headers: { authorization: "env:COLLECTOR_TOKEN" } }\n`,
  );
  await demo.killAndRestart();
  const { aws, slack } = demo.services;
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const worker = async () => {
    const secrets = { ...demoSecrets(demo.services), COLLECTOR_TOKEN: TOKEN };
    const program = await startProgram({ configFile, logFile, secrets, words: ['--work'] });
    onTestFinished(() => program.stop());
    return program;
  };
  const first = await worker();
  await stage.slack('security', `/jit protect ${MACHINE} usual`);
  const answer = await stage.slack('requester', `/jit request ${MACHINE} ssh for 2m from ${SOURCE} because ${REASON}`);
  const channel = () => slack.state().channels.find(({ id }) => id === channels.slack.id);
  await stage.until('a card', () => JSON.stringify(channel()).includes('jit_approve') || undefined);
  // The first worker dies while its call is under way: the next one begins anew.
  aws.faults.add(CALL, { kind: 'reset' }, 2);
  const called = () => aws.log().filter(({ action }) => action === CALL).length;
  await stage.approveInSlack('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await vi.waitFor(() => expect(called()).toBeGreaterThan(0), WAIT);
  await first.kill();
  await worker();
  await stage.told('is open', MACHINE);
  const opening = () =>
    collector.spans.find(
      ({ name, facts }) =>
        name === 'cloud call' && facts['rpc.method'] === CALL && facts['drawbridge.outcome'] === 'done',
    );
  await vi.waitFor(() => expect(opening()).toBeDefined(), WAIT);
  const own = () => collector.spans.filter(({ trace }) => trace === opening()?.trace);
  // Each process sends what it has every two seconds.
  await vi.waitFor(() => {
    const names = new Set(own().map(({ name }) => name));
    for (const name of ['delivery', 'decision', 'machine', 'job', 'chat', 'cloud call']) expect(names).toContain(name);
  }, WAIT);
  expect(own().find(({ name }) => name === 'delivery')).toMatchObject({
    parent: undefined,
    facts: { 'drawbridge.through': 'slack', 'drawbridge.method': 'press' },
  });
  expect(own().map(({ facts }) => facts['drawbridge.event'])).toContain('approved');
  expect(collector.faults).toEqual([]);
  const { name, email, slackId, entraId } = people.requester;
  const bodies = collector.bodies.map((body) => body.slice(body.indexOf('} ')));
  for (const planted of [TOKEN, SOURCE, REASON, name, email, slackId, entraId, people.manager.email])
    expect(bodies.filter((body) => body.includes(planted))).toEqual([]);
});
