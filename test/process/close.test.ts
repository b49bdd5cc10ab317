import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';

let demo: Demo;
let folder: string;
let people: Stage;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-close-'));
  demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
  people = new Stage(demo.services, () => {});
});
afterAll(async () => {
  people.stop();
  await demo.stop();
});

/** Runs `jit` as whoever keeps the computer does. */
function jit(...words: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { PATH: process.env.PATH, ...demoSecrets(demo.services) };
  const args = [JIT, '-c', join(folder, 'drawbridge.yaml'), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd: folder, timeout: 150_000 }, (error, out, told) => {
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), error: told.trim() });
    });
  });
}

/** Access to a machine that is open; gives the request's id. */
async function opened(machine: string): Promise<string> {
  const answer = await people.slack('requester', `/jit request ${machine} ssh for 1h because of a test`);
  const id = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  await people.approveInTeams('manager', id);
  await people.told('is open', machine);
  return id;
}

describe('the command line, without a chat', () => {
  it('lists and closes what anybody has open, and says that it is closed', { timeout: 600_000 }, async () => {
    // Until the first look at the clouds is over it says besides that a rule without a record may be open.
    let empty = await jit('list');
    for (let n = 0; n < 60 && empty.out.includes('has not finished a look at the clouds'); n += 1)
      empty = await jit('list');
    expect(empty).toMatchObject({ code: 0, out: 'Nothing is open, and nothing waits for a decision.' });
    for (const machine of ['web-1', 'api-1']) await people.slack('security', `/jit protect ${machine} usual`);
    const ids = [await opened('web-1'), await opened('api-1')];
    const listed = (await jit('list')).out;
    for (const id of ids) expect(listed).toMatch(new RegExp(`${id}.*22 from .* for Ada Okafor — Open until`));
    const { requests, notes } = JSON.parse((await jit('list', '--json')).out);
    expect(notes).toEqual([]);
    expect(requests.map(({ id }: { readonly id: string }) => id).toSorted()).toEqual(ids.toSorted());
    const [id = ''] = ids;
    const record = JSON.parse((await jit('show', id, '--json')).out);
    expect(record).toMatchObject({ id, status: 'active', machine: { name: 'web-1', cloud: 'azure' }, ports: ['22'] });
    expect(Date.parse(record.until) - Date.parse(record.from)).toBe(HOUR_MS);
    expect((await jit('show', id)).out).toContain('Ada Okafor');
    const unknown = await jit('show', 'zzzzzzz', '--json');
    expect([unknown.code, JSON.parse(unknown.out)]).toMatchObject([1, { error: { code: 'unknownRequest' } }]);
    const page = await jit('close', 'all', 'because', 'breach');
    expect(page).toMatchObject({ code: 0, error: '' });
    expect(page.out).toContain('Close all 2 that are open?');
    const code = /confirm ([0-9a-f]{6})/.exec(page.out)?.[1] ?? '';
    const closed = await jit('close', 'all', 'confirm', code, 'because', 'breach');
    expect(closed).toMatchObject({ code: 0, error: '' });
    for (const id of ids) expect(closed.out).toMatch(new RegExp(`Request \`${id}\` for .*closed, proven`));
    expect(rulesLeft(demo)).toEqual([]);
    expect((await jit('list')).out).toContain('Nothing is open');
  });

  it('closes one while no Drawbridge runs', { timeout: 600_000 }, async () => {
    const id = await opened('api-1');
    await demo.kill();
    const closed = await jit('revoke', id, 'because', 'breach');
    expect(closed).toMatchObject({ code: 0, error: '' });
    expect(closed.out).toMatch(new RegExp(`Request \`${id}\` for api-1.*closed, proven`));
    expect(rulesLeft(demo)).toEqual([]);
  });
});
