import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { keepAudit } from '../../simulators/demo/audit.ts';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { people } from '../../simulators/world.ts';
import { atCommandLine } from './command-line.ts';

const WAIT = { timeout: 90_000, interval: 1_000 };

it('a person is told all that is kept of them, and erased once nothing of theirs is open; the chain still verifies', {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-erase-cli-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const { run } = atCommandLine(folder, () => expect.unreachable());
  const jit = (...words: readonly string[]) => run(demoSecrets(demo.services), '-c', 'drawbridge.yaml', ...words);
  const { id, name } = people.requester;

  await stage.slack('security', '/jit protect api-1 usual');
  const answer = await stage.slack('requester', '/jit request api-1 ssh for 1h because of a secret plan');
  const request = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  await stage.approveInTeams('manager', request);
  await stage.told('is open', 'api-1');

  const early = await jit('audit', 'erase', id, '--because', 'asked by letter');
  expect([early.code, early.error]).toEqual([1, expect.stringContaining(request)]);
  await stage.slack('requester', `/jit revoke ${request}`);
  await stage.told('closed, proven', 'api-1');

  await vi.waitFor(async () => expect((await jit('audit', 'sinks')).out).toBe('files: has everything'), WAIT);
  const about = await jit('audit', 'about', id);
  const told = about.out.split('\n').map((line) => JSON.parse(line) as { readonly place: string });
  expect(new Set(told.map(({ place }) => place))).toEqual(
    new Set(['Redis: requests', 'Redis: audit', 'Redis: links, delegations, and who did what', 'audit files']),
  );
  expect(about.out).toContain('of a secret plan');
  expect(about.out).toContain(name);

  // Until the second look at what was closed is over, it says that one is left.
  await vi.waitFor(async () => {
    const erased = await jit('audit', 'erase', id, '--because', 'asked by letter');
    expect([erased.code, erased.error]).toEqual([0, '']);
    expect(erased.out).toMatch(/^Redis: requests: taken away from 1 records\.$/m);
    expect(erased.out).toMatch(/^audit files: taken away from \d+ records\.$/m);
  }, WAIT);
  await vi.waitFor(async () => expect((await jit('audit', 'sinks')).out).toBe('files: has everything'), WAIT);
  const nothing = await jit('audit', 'about', id);
  expect([nothing.code, nothing.out, nothing.error]).toEqual([
    0,
    '',
    expect.stringMatching(/^Nothing is kept of .*: erased on \d{4}-/),
  ]);
  const again = await jit('audit', 'erase', id, '--because', 'asked by letter');
  expect([again.code, again.error]).toEqual([0, '']);
  expect(again.out).toMatch(new RegExp(`^${id} was erased on \\d{4}-\\d{2}-\\d{2} already, and nothing is left\\.$`));
  const typo = await jit('audit', 'about', 'nemo');
  expect([typo.code, typo.out]).toEqual([1, '']);
  expect(typo.error).toContain('Nobody is known as “nemo”. `npx jit people find`');

  const slip = await jit('audit', 'erase', 'nemo', '--because', 'asked by letter');
  expect([slip.code, slip.out]).toEqual([1, '']);
  expect(slip.error).toContain('Nobody is known as “nemo”.');

  const key = (await jit('audit', 'keys')).out;
  expect(key).toMatch(/^drawbridge\/\S+\+[0-9a-f]{8}\+\S+$/);
  const verified = await jit('audit', 'verify', '--key', key);
  expect([verified.code, verified.out]).toEqual([
    0,
    expect.stringMatching(/^\d+ parts about people were taken away\.$/m),
  ]);
  // An entry says whose.
  expect(verified.out).not.toContain('no entry says');
  // As `npm run demo -- --once` keeps it, and checks it.
  const kept = await keepAudit(folder, join(folder, 'kept'));
  expect(kept.at(-1)).toMatch(/^Every record from 1 to \d+ is there, in its order, and as it was written\.$/);
  const rows = (await jit('audit', 'export', '--format', 'json')).out;
  expect(rows).not.toMatch(new RegExp(`${name}|of a secret plan`));
  expect(rows).toContain(`"event":"opened"`);
  // The slip is refused, and in the files once they have everything.
  await vi.waitFor(async () => expect((await jit('audit', 'sinks')).out).toBe('files: has everything'), WAIT);
  const who = (await jit('audit', 'export', '--event', 'erase')).out.split('\n');
  const outcomes = who.slice(1).map((line) => line.split(',')[4]);
  // The slip of the pen came last.
  expect([outcomes.slice(0, 2), outcomes.slice(-3)]).toEqual([
    ['refused', 'begun'],
    ['begun', 'done', 'refused'],
  ]);
  const unknown = await jit('audit', 'forget', 'other');
  expect([unknown.code, unknown.out]).toEqual([1, '']);
  expect(unknown.error).toContain('No sink is called other. `npx jit audit sinks` lists them.');
});
