import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { demoSecrets, keepInStores, STORED } from '../../simulators/demo/config.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { channels, people } from '../../simulators/world.ts';
import { atCommandLine } from './command-line.ts';

const WAIT = { timeout: 60_000, interval: 100 };

/** Whatever `ps` or anybody else could read of these processes. */
function seenOf(pid: number): string {
  return existsSync('/proc')
    ? ['cmdline', 'environ'].map((what) => readFileSync(`/proc/${pid}/${what}`, 'latin1')).join('\n')
    : '';
}

it('secrets in Key Vault and Secrets Manager are read at the start, rotated without one, and told to nobody', {
  timeout: 300_000,
}, async () => {
  // Another file of tests in the same process may have them in its environment, which the program would have from here.
  for (const name of STORED) delete process.env[name];
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stored-'));
  const settings = { shortest: '3s', azureMinimum: 0, appendfsync: 'always', inStores: true } as const;
  const demo = await startDemo({ folder, ...settings });
  onTestFinished(() => demo.stop());
  const { services } = demo;
  const stage = new Stage(services, () => {});
  onTestFinished(() => stage.stop());
  const list = () => stage.slack('colleague', '/jit list');
  expect(await list()).toContain('no open or pending requests');
  const secretsNow = () => STORED.map((name) => demoSecrets(services)[name] ?? '');
  const planted = new Set(secretsNow());

  // Each service has another one, and knows that of before no more.
  services.slack.rotate({ botToken: 'xoxb-planted-rotated', signingSecret: 'planted-rotated-signing' });
  services.teams.rotate('planted-rotated-password');
  const pressed = async () =>
    (await services.slack.command(people.colleague.slackId, channels.slack.id, '/jit list')).status;
  expect(await pressed()).toBe(401);
  for (const secret of secretsNow()) planted.add(secret);
  keepInStores(services);
  process.kill(demo.program().pid, 'SIGHUP');
  await vi.waitFor(async () => expect(await pressed()).toBe(200), WAIT);
  expect(await list()).toContain('no open or pending requests');
  await stage.slack('security', '/jit protect api-1 usual');
  const answer = await stage.slack('requester', '/jit request api-1 ssh for 5s because of a test');
  await stage.approveInTeams('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await stage.told('is open', 'api-1');

  // Nobody may read them any more: what runs goes on, and what starts is told why it cannot.
  services.azure.vault.bar = 'ForbiddenByRbac';
  services.aws.secretsManager.isDenied = true;
  process.kill(demo.program().pid, 'SIGHUP');
  await stage.told('closed, proven', 'api-1');
  const { run } = atCommandLine(folder, () => expect.unreachable());
  const stored: readonly string[] = STORED;
  const env = Object.fromEntries(Object.entries(demoSecrets(services)).filter(([name]) => !stored.includes(name)));
  const checked = await run(env, 'check', 'drawbridge.yaml');
  expect(checked.code).toBe(1);
  const manager = `secretsManager:${services.aws.secretsManager.arnOf('drawbridge/demo')}`;
  const denied =
    'cannot be read: Secrets Manager does not let Drawbridge read it (AccessDeniedException): allow secretsmanager:GetSecretValue (manifests/aws/secrets.yaml)';
  expect(checked.error).toContain(`slack.botToken: the secret ${manager}#SLACK_BOT_TOKEN ${denied} (line `);
  expect(checked.error).toContain(`azure.clientSecret: the secret ${manager}#AZURE_CLIENT_SECRET ${denied} (line `);
  // With nothing to sign in with, Key Vault is not asked in vain.
  expect(checked.error).toContain(
    'cannot be read: the secret that its store is signed in to with is not there: see to that one first (line ',
  );
  const offline = await run(env, 'check', 'drawbridge.yaml', '--offline');
  expect([offline.code, offline.error]).toEqual([0, '']);
  services.aws.secretsManager.isDenied = false;
  const vault = await run(env, 'check', 'drawbridge.yaml');
  expect(vault.error).toContain(
    'cannot be read: Key Vault does not let Drawbridge read it (ForbiddenByRbac): assign “Drawbridge operator (secrets)” of manifests/azure there to its identity (line ',
  );
  services.azure.vault.bar = undefined;
  const fine = await run(env, 'check', 'drawbridge.yaml');
  expect([fine.code, fine.error]).toEqual([0, '']);

  const places = {
    log: readFileSync(demo.logFile, 'utf8'),
    process: seenOf(demo.program().pid),
    Slack: JSON.stringify(services.slack.state()),
    Teams: JSON.stringify(services.teams.state()),
    ...Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path, readFileSync(path, 'latin1')]),
    ),
    'command line': JSON.stringify([checked, offline, vault, fine]),
  };
  const found = Object.entries(places).flatMap(([where, text]) =>
    [...planted].flatMap((secret) => (text.includes(secret) ? [`a secret in ${where}`] : [])),
  );
  expect(planted.size).toBe(7);
  expect(found).toEqual([]);
});
