import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';

const MACHINE = 'api-1';

/** Every file of a folder. What is read of Redis are its files: all that was ever written to it. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

/** The environments of the processes whose command line names this folder. */
function environmentsAt(folder: string): readonly string[] {
  const read = (pid: string, what: string) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8');
    } catch {
      return '';
    }
  };
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.filter((pid) => read(pid, 'cmdline').includes(join(folder, 'redis'))).map((pid) => read(pid, 'environ'));
}

it('no secret is kept in Redis, or reaches a log, a chat, or the environment of a child', {
  timeout: 300_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-secrets-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const { services } = demo;
  const people = new Stage(services, () => {});
  onTestFinished(() => people.stop());
  await people.slack('security', `/jit protect ${MACHINE} usual`);
  const answer = await people.slack('requester', `/jit request ${MACHINE} ssh for 30s because of a test`);
  await people.approveInTeams('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await people.told('is open', MACHINE);
  // What goes wrong in a library is logged, and must not bring its request along.
  services.aws.faults.add(/./, { kind: 'error', status: 403, code: 'AccessDenied' }, 3);
  services.slack.faults.add(/./, { kind: 'error', status: 500, code: 'fatal_error' }, 3);
  await people.teams('requester', 'show zzzzzzz');
  await people.told('closed, proven', MACHINE);
  const secrets = [
    ...Object.values(demoSecrets(services)),
    readFileSync(join(folder, 'mark-key'), 'utf8').trim(),
  ].filter((secret) => secret.length > 7);
  expect(secrets.length).toBeGreaterThan(5);
  const environments = environmentsAt(folder);
  expect(environments.length > 0).toBe(existsSync('/proc'));
  const kept = filesIn(join(folder, 'redis'));
  expect(kept.some((file) => file.endsWith('.aof'))).toBe(true);
  const places: Readonly<Record<string, string>> = {
    ...Object.fromEntries(kept.map((file) => [file, readFileSync(file, 'latin1')])),
    log: readFileSync(demo.logFile, 'utf8'),
    Slack: JSON.stringify(services.slack.state()),
    Teams: JSON.stringify(services.teams.state()),
    ...Object.fromEntries(environments.map((text, i) => [`environment ${i}`, text])),
  };
  const found = Object.entries(places).flatMap(([where, text]) =>
    secrets.flatMap((secret, i) => (text.includes(secret) ? [`secret ${i} in ${where}`] : [])),
  );
  expect(found).toEqual([]);
});
