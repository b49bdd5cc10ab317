import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { type Services, startServices } from '../../simulators/demo/services.ts';
import { AWS_REGION, channels } from '../../simulators/world.ts';
import { initVerb } from '../../src/cli/init/init.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { type Answers, answersFor } from './init-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-init-'));

let services: Services;
beforeAll(async () => {
  services = await startServices({ azureMinimum: 0 });
  // Nobody has clicked anything yet.
  services.teams.setTeamInstalled(false);
  services.slack.setChannel(channels.slack.id, { is_member: false });
  writeFileSync(join(folder, 'azure-ca.pem'), services.azure.ca);
  writeFileSync(join(folder, 'teams-ca.pem'), services.teams.caPem);
});
afterAll(async () => {
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** With what a person has at hand who is signed in to both clouds. */
function environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { azure, teams } = services;
  return {
    ...demoSecrets(services),
    PATH: process.env.PATH ?? '',
    HOME: folder,
    AZURE_TENANT_ID: azure.tenantId,
    AZURE_CLIENT_ID: azure.clientId,
    AZURE_CLIENT_SECRET: azure.clientSecret,
    TEAMS_APP_PASSWORD: teams.appPassword,
    AWS_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    ...more,
  };
}

function jit(words: readonly string[], env = environment()): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [JIT, ...words], { cwd: folder, env, timeout: 150_000 }, (_, out, told) =>
      resolve({ code: child.exitCode ?? -1, out: out + told }),
    );
  });
}

const answers = () => answersFor(services, folder);

/** Answers with one of them another. */
function but(path: string, value: unknown): Answers {
  const all = parse(stringify(answers()));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const part = keys.reduce((at, key) => at[key], all);
  if (value === undefined) delete part[last];
  else part[last] = value;
  return all;
}

async function init(given: Answers, env = environment()) {
  writeFileSync(join(folder, 'answers.yaml'), stringify(given));
  return jit(['init', '--answers', 'answers.yaml'], env);
}

/** On a busy machine an examiner may run out of its time: then once more. */
async function doctor() {
  for (let tries = 1; ; tries += 1) {
    const found = await jit(['doctor']);
    if (tries === 5 || !/cannot be reached|says nothing|HTTP none|did not answer/.test(found.out)) return found;
  }
}

/** The same in this process: what it refuses with, or nothing. */
async function initHere(given: Answers): Promise<string> {
  for (const [name, one] of Object.entries(environment())) vi.stubEnv(name, one);
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => {
    vi.unstubAllEnvs();
    said.mockRestore();
  });
  writeFileSync(join(folder, 'answers.yaml'), stringify(given));
  const made = initVerb(join(folder, 'drawbridge.yaml'), { answers: join(folder, 'answers.yaml') });
  const error = await made.catch((thrown: unknown) => thrown);
  return error instanceof JitError ? error.sentence : String(error ?? '');
}

/** What is there beside what the test itself wrote. */
const written = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:answers\.yaml|.*-ca\.pem|\.npm|\.cache)/.test(name))
    .toSorted();

describe('jit init', () => {
  it.each([
    ['installation', 'My Prod', 'must be at most 24 lowercase letters, digits, and dashes'],
    ['clouds', ['azur'], 'must be azure or aws or gcp'],
    ['clouds', undefined, 'is missing: Which clouds have the machines?'],
    ['chats', ['email'], 'must be slack or teams'],
    ['url', 'http://drawbridge.example.com', 'must be an address such as https://drawbridge.your-company.com'],
    ['azure.tenantId', 'contoso', 'must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d'],
    ['azure.subscriptions', ['Testing'], 'must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d'],
    ['azure.backend', 'firewall', 'must be defender or nsg'],
    ['azure.signIn', 'password', 'must be identity or secret'],
    ['aws.serve', 'everything', 'must be accounts or organization'],
    ['aws.accounts', ['1234'], 'must be the 12 digits of an AWS account, such as 123456789012'],
    ['aws.regions', ['Ireland'], 'must be a region such as eu-west-1'],
    ['aws.newExternalId', 'perhaps', 'must be true or false'],
    ['aws.principal', 'drawbridge', 'must be an ARN such as arn:aws:iam::111122223333:role/drawbridge'],
    ['slack.mode', 'websocket', 'must be http or socket'],
    ['slack.botToken', 'xoxb-planted', 'must be env:NAME or file:/path: secrets do not belong in this file'],
    ['slack.channel', '#nowhere', 'must be a channel ID such as C0123ABCD'],
    ['teams.appId', 'bot', 'must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d'],
    ['teams.channel', 'General', 'must be the link of a channel'],
    ['people.0.name', '', 'must not be empty'],
    ['people.0.slack', '@ada', 'must be a Slack user ID such as U0123ABCD'],
    ['people.1.entra', 'grace', 'must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d'],
    ['people.1.does', 'nothing', 'must be request or approve or both'],
    ['policy.machines', 'some', 'must be all or tag'],
    ['policy.tag', 'prod', 'must be a key and a value such as env=prod'],
    ['policy.longest', 'four hours', 'must be a duration such as 45m, 2h, or 1h30m'],
    ['azure.subscription', 'x', 'is not asked; remove it, or correct its name'],
  ])('refuses %s: %s, says what to write, and writes nothing', { timeout: 60_000 }, async (key, value, words) => {
    const before = written();
    const text = await initHere(but(key, value));
    expect(text).toContain(`${key}: ${words}`);
    expect(text).not.toContain('xoxb-planted');
    expect(written()).toEqual(before);
  });

  it('tells all that is missing or wrong at once', { timeout: 60_000 }, async () => {
    const given = parse(stringify(answers()));
    given.azure.subscription = given.azure.subscriptions;
    delete given.azure.subscriptions;
    given.aws = { newExternalId: false, externalId: 'planted-one', principal: 'drawbridge' };
    given.teams = {};
    given.people[0].slack = '@ada';
    delete given.people[1].does;
    const lines = (await initHere(given)).split('\n').map((line) => line.trim());
    expect(lines[0]).toBe('The file of answers has 9 errors:');
    expect(lines.slice(1)).toEqual([
      'azure.subscriptions: is missing: Which subscriptions have the machines?',
      'aws.accounts: is missing: Which accounts?',
      'aws.regions: is missing: Which regions?',
      'aws.principal: must be an ARN such as arn:aws:iam::111122223333:role/drawbridge',
      'aws.externalId: must be env:NAME or file:/path: secrets do not belong in this file',
      'teams.appId: is missing: App ID of the bot?',
      'teams.channel: is missing: Which channel of Teams is told of requests?',
      expect.stringMatching(/^people\.0\.slack: must be a Slack user ID/),
      'people.1.does: is missing: What does Grace Lindqvist do?',
    ]);
  });

  it('ends in a file that check and doctor call right, once what is left was clicked', {
    timeout: 300_000,
  }, async () => {
    const { code, out } = await init(answers());
    if (process.env.SHOW) console.log(out);
    expect([code, out]).toEqual([0, expect.stringContaining('What is left to do:')]);
    expect(written()).toEqual([
      'drawbridge-aws-roles.yaml',
      'drawbridge-azure-roles.json',
      'drawbridge-slack.yaml',
      'drawbridge-teams.zip',
      'drawbridge.yaml',
    ]);
    const config = parse(readFileSync(join(folder, 'drawbridge.yaml'), 'utf8'));
    expect(config).toMatchObject({
      slack: { teamId: services.slack.teamId, appId: services.slack.appId, botToken: 'env:SLACK_BOT_TOKEN' },
      azure: { clientId: services.azure.clientId, subscriptions: [{ id: services.azure.subscriptionId }] },
      places: { 'access-slack': { slack: channels.slack.id }, 'access-teams': { teams: channels.teams.id } },
      groups: { requesters: ['ada-okafor'], approvers: ['grace-lindqvist'] },
    });
    for (const secret of Object.values(demoSecrets(services)))
      expect([out.includes(secret), readFileSync(join(folder, 'drawbridge.yaml'), 'utf8').includes(secret)]).toEqual([
        false,
        false,
      ]);
    const check = await jit(['check']);
    if (process.env.SHOW) console.log(check.out);
    expect([check.code, check.out]).toEqual([
      0,
      expect.stringMatching(/^drawbridge\.yaml has no errors \(2 people, 1 policy;/),
    ]);

    const program = await startProgram({
      configFile: join(folder, 'drawbridge.yaml'),
      logFile: join(folder, 'program.log'),
      secrets: environment(),
    });
    try {
      // The doctor names what is left to click, and no more.
      const before = await doctor();
      expect([before.code, before.out]).toEqual([1, expect.stringMatching(/^2 faults found;/)]);
      expect(before.out).toContain('Type `/invite @Drawbridge` in #vm-access');
      expect(before.out).toContain('The app is not in its team.');
      services.slack.setChannel(channels.slack.id, { is_member: true });
      services.teams.setTeamInstalled(true);
      const after = await doctor();
      if (process.env.SHOW) console.log(after.out);
      expect([after.code, after.out]).toEqual([0, expect.stringMatching(/^No faults found;/)]);
    } finally {
      await program.stop();
    }
  });

  it('writes over nothing unless told so', { timeout: 60_000 }, async () => {
    const file = join(folder, 'drawbridge.yaml');
    writeFileSync(file, 'mine');
    expect(await initHere(answers())).toContain('nothing was written');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await initHere(but('overwrite', true))).toBe('');
    expect(readFileSync(file, 'utf8')).toContain('installation: demo');
  });

  it('goes on by hand where nobody is signed in, and says so', { timeout: 120_000 }, async () => {
    const { slack, teams, azure } = services;
    const nobody = { PATH: process.env.PATH ?? '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', NO_COLOR: '1' };
    const given = parse(stringify(but('overwrite', true)));
    given.slack.channel = channels.slack.id;
    given.azure = { ...given.azure, subscriptions: azure.subscriptionId, clientId: azure.clientId };
    given.teams.appId = teams.appId;
    // Long waits for computers that have an identity are no part of this.
    const { code, out } = await init(given, { ...nobody, AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' });
    if (process.env.SHOW) console.log(out);
    const flat = out.replaceAll(/\s+/g, ' ');
    for (const what of [
      'Cannot tell which tenants and subscriptions there are. Azure does not allow Drawbridge to do this',
      'Sign in with `az login`, and begin again.',
      'Cannot tell which accounts and regions there are. AWS does not allow Drawbridge to do this',
      'Cannot tell which workspace it is: the token is not set here.',
    ])
      expect(flat).toContain(what);
    expect(code).toBe(0);
    expect(flat).toContain('Give Drawbridge the secret env:SLACK_BOT_TOKEN.');
    expect(parse(readFileSync(join(folder, 'drawbridge.yaml'), 'utf8')).slack.teamId).toBe(slack.teamId);
    for (const line of out.split('\n')) if (!line.startsWith('     ')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('asks nobody where there is no terminal', async () => {
    const { code, out } = await jit(['init']);
    expect([code, out]).toEqual([1, expect.stringContaining('elsewhere, give it --answers <file>')]);
  });

  it('keeps a new external ID in a file of its own, for nobody else to read', { timeout: 60_000 }, async () => {
    const given = parse(stringify(but('overwrite', true)));
    given.aws = { ...given.aws, newExternalId: true, externalId: undefined };
    expect(await initHere(given)).toBe('');
    const file = join(folder, '.data/secrets/aws-external-id');
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toMatch(/^[\w-]{32}$/);
    expect(parse(readFileSync(join(folder, 'drawbridge.yaml'), 'utf8')).aws.accounts[0].role.externalId).toMatch(
      /^file:.*aws-external-id$/,
    );
  });
});
