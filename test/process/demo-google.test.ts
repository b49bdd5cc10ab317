import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { gcpMachines } from '../../simulators/page/gcp-machines.ts';

it('the demo with Google Cloud: a rule comes and goes there, and the page shows it', { timeout: 400_000 }, async () => {
  const demo = await startDemo({
    folder: mkdtempSync(join(tmpdir(), 'drawbridge-google-')),
    ...{ shortest: '3s', azureMinimum: 0, appendfsync: 'everysec', isCompany: true, gcp: true },
  });
  onTestFinished(() => demo.stop());
  const { gcp } = demo.services;
  if (!gcp) throw new Error('the demo has no Google Cloud');
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const shown = () => gcpMachines(gcp.state()).find(({ name }) => name === 'query-1');

  await stage.slack('security', '/jit protect query-1 usual');
  expect(shown()?.protectedPorts).toEqual([22, 3389, 5985, 5986]);
  const answer = await stage.slack('requester', '/jit request query-1 ssh for 30s because a slow query');
  await stage.approveInSlack('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? answer);
  await stage.told('is open', 'query-1');
  expect(shown()?.groups[0]?.rules).toMatchObject([{ ports: '22', source: '203.0.113.7', ours: true }]);
  await stage.told('closed, proven', 'query-1');
  expect(shown()?.groups[0]?.rules).toEqual([]);
  expect(rulesLeft(demo)).toEqual([]);
});
