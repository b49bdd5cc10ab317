import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';

const GRAPH = /^(?:Users|Groups)_/;
const AWAY = { kind: 'error', status: 503, code: 'ServiceUnavailable' } as const;

it('while Graph is away, a program that is killed in the middle of a decision opens nothing, closes, and goes on when it is back', {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-graph-'));
  const isCompany = true;
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always', isCompany });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const request = async (machine: string, forText: string) => {
    await stage.slack('security', `/jit protect ${machine} usual`);
    const answer = await stage.slack('requester', `/jit request ${machine} ssh for ${forText} because of a test`);
    return /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  };
  const { azure } = demo.services;
  const open = await request('api-1', '30s');
  const waiting = await request('web-1', '30s');
  await stage.approveInTeams('manager', open);
  await stage.told('is open', 'api-1');

  azure.faults.add(GRAPH, AWAY, Number.POSITIVE_INFINITY);
  await expect(stage.approveInTeams('manager', waiting)).rejects.toThrow('Cannot tell who people are now');
  // Once more, and the program dies while it asks.
  azure.faults.clear();
  azure.faults.add(GRAPH, { kind: 'slow', ms: 3_000 }, Number.POSITIVE_INFINITY);
  const pressed = stage.approveInTeams('manager', waiting).catch((error: unknown) => error);
  await demo.kill();
  azure.faults.clear();
  azure.faults.add(GRAPH, AWAY, Number.POSITIVE_INFINITY);
  await demo.restart();
  await pressed;
  expect(await stage.slack('requester', '/jit request web-1 rdp because of a test')).toContain(
    'Cannot tell who people',
  );
  await stage.told('closed, proven', 'api-1');
  expect(rulesLeft(demo)).toEqual([]);
  expect(JSON.stringify(demo.services.slack.state())).not.toContain('web-1 is open');

  azure.faults.clear();
  await stage.approveInTeams('manager', waiting);
  await stage.told('is open', 'web-1');
  await stage.told('closed, proven', 'web-1');
  expect(rulesLeft(demo)).toEqual([]);
});
