import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { once } from '../../simulators/demo/once.ts';
import { startDemo } from '../../simulators/demo/start.ts';

it('the demo with Google Cloud: the life of a request on each of three clouds, and nothing left open', {
  timeout: 400_000,
}, async () => {
  const demo = await startDemo({
    folder: mkdtempSync(join(tmpdir(), 'drawbridge-google-')),
    ...{ shortest: '3s', azureMinimum: 0, appendfsync: 'everysec', isCompany: true, gcp: true },
  });
  onTestFinished(() => demo.stop());
  const lines: string[] = [];
  expect(await once(demo, (line) => lines.push(line))).toBe(0);
  for (const [cloud, machine] of [
    ['azure', 'web-1'],
    ['aws', 'api-1'],
    ['gcp', 'db-1'],
  ])
    expect(lines).toContain(`${cloud}: ${machine}: closed, proven`);
});
