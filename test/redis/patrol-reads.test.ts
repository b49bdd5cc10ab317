import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { compose } from '../../src/compose.ts';
import { proving, rankNow } from '../../src/kit/rank.ts';
import { placement, TestCloud } from '../app/fixtures.ts';
import { configOf, SMALL } from '../config/files.ts';
import { QUIET } from './server.ts';

it('what the program reads for a rule that its patrol closes goes before all that opens', async ({
  onTestFinished,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-patrol-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['A', 'B']) vi.stubEnv(name, 'a-secret-of-thirty-two-characters');
  const config = configOf(
    `${SMALL}marks: { keyFile: "${folder}/key" }\nundo: { folder: "${folder}/undo" }\naudit: { spool: "${folder}/spool" }\nredis: { dataDir: "${folder}/redis" }\n`,
  );
  const { deps, close } = await compose(config, QUIET);
  onTestFinished(close);
  const cloud = new TestCloud();
  const urgent: boolean[] = [];
  const { observe } = cloud;
  cloud.observe = (...asked) =>
    proving(async () => {
      urgent.push(rankNow().isUrgent);
      return observe(...asked);
    });
  // Without a valid mark, where only Drawbridge writes.
  cloud.patrolled = [{ placement: placement('203.0.113.1/32'), mark: 'wrong' }];
  const clouds = new Map([['aws' as const, cloud]]);
  await patrol({ ...deps, clouds }, new AbortController().signal);
  expect(cloud.calls).toEqual(['close 1']);
  expect(urgent).toEqual([true, true]);
});
