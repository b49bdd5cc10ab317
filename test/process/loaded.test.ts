import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { SMALL } from '../config/files.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** Nobody listens there: the program becomes ready all the same. */
const NOBODY = 'http://127.0.0.1:9';
const SECRETS = { A: 'xoxb-1', B: 'hush', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

/** Writes, at the end, from which packages files were loaded. */
const WATCH = `import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
    if (name) loaded.add(name);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync('loaded.json', JSON.stringify([...loaded])));`;

/** `jit` in a new folder, watched. */
function watched(words: readonly string[], config: string) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-loaded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'drawbridge.yaml'), config);
  writeFileSync(join(folder, 'watch.mjs'), WATCH);
  const child = spawn(process.execPath, ['--import', './watch.mjs', join(ROOT, 'src/cli/jit.js'), ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...SECRETS },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const loaded = () => {
    const names: readonly string[] = JSON.parse(readFileSync(join(folder, 'loaded.json'), 'utf8'));
    return names.filter((name) => name in dependencies).sort();
  };
  return { child, ended: once(child, 'exit'), loaded };
}

/** The dependencies that `jit start` loads until it is ready. */
async function loadedWith(config: string): Promise<readonly string[]> {
  const { child, ended, loaded } = watched(['start'], config);
  let said = '';
  const ready = Promise.withResolvers<void>();
  child.stderr.on('data', (data) => {
    said += data;
    if (said.includes('Drawbridge is ready')) ready.resolve();
  });
  void ended.then(() => ready.reject(new Error(said)));
  await ready.promise;
  child.kill('SIGTERM');
  await ended;
  return loaded();
}

/** With any configuration. */
const ALWAYS = [
  '@marcbachmann/cel-js',
  'bullmq',
  'commander',
  'fastify',
  'ioredis',
  'ipaddr.js',
  'pino',
  're2js',
  'unhomoglyph',
  'yaml',
  'zod',
];

const TENANT = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
const APP = '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b';
const SLACK = {
  slack: { botToken: 'env:A', signingSecret: 'env:B', teamId: 'T1', appId: 'A1', apiUrl: `${NOBODY}/api/` },
  places: { ops: { slack: 'C1' } },
};
const TEAMS = {
  teams: {
    ...{ appId: APP, appPassword: 'env:A', tenantId: TENANT },
    ...{ serviceUrl: NOBODY, serviceUrls: [NOBODY], loginUrl: NOBODY, openIdMetadataUrl: `${NOBODY}/keys` },
  },
  places: { ops: { teams: '19:0123456789abcdef@thread.tacv2' } },
};
const AWS = { aws: { endpoint: NOBODY, accounts: [{ id: '123456789012', regions: ['eu-west-1'] }] } };
const AZURE = {
  azure: {
    ...{ tenantId: TENANT, clientId: APP, clientSecret: 'env:B', disableInstanceDiscovery: true },
    ...{ resourceManager: NOBODY, authority: 'https://127.0.0.1:9', subscriptions: [{ id: APP }] },
  },
};

/** EC2's alone: all others are for settings, or loaded on use. */
const AWS_CLIENTS = ['@aws-sdk/client-ec2'];
/** Not those of role assignments and of the activity log. The first call loads them, which is after it is ready. */
const ARM_CLIENTS = ['compute', 'network', 'resourcegraph', 'security'].map((name) => `@azure/arm-${name}`);

it.each([
  {
    name: 'Slack and AWS: nothing of Teams, Azure, or Google Cloud',
    config: { ...SLACK, ...AWS },
    loaded: ['@slack/bolt', '@slack/types', '@slack/web-api', '@aws-sdk/credential-providers', ...AWS_CLIENTS],
  },
  {
    name: 'Teams and Azure: nothing of Slack, AWS, or Google Cloud',
    config: { ...TEAMS, ...AZURE },
    loaded: ['botbuilder', '@azure/identity', '@azure/core-rest-pipeline'],
    later: ARM_CLIENTS,
  },
])('loads what is configured alone: $name', async ({ config, loaded, later = [] }) => {
  const rest = parse(SMALL.replace(/^(?:slack|aws|places): .*$/gm, ''));
  const text = JSON.stringify({ ...rest, ...config, http: { port: 0 } });
  const found = await loadedWith(text);
  expect(found.filter((name) => !later.includes(name))).toEqual([...ALWAYS, ...loaded].sort());
});

const FILES = ['@marcbachmann/cel-js', 'commander', 'ipaddr.js', 'pino', 're2js', 'yaml', 'zod'];

it.each([
  { words: ['--version'], packages: ['commander'] },
  // What is protected it says in the words of cards, which tell names apart.
  { words: ['check', '--offline'], packages: [...FILES, 'unhomoglyph'].sort() },
  { words: ['policy', 'test', 'expected.yaml'], packages: FILES },
  { words: ['audit', 'verify', '.'], packages: FILES },
  { words: ['start'], packages: FILES },
  { words: ['manifest', 'slack', '--socket'], packages: ['commander', 'fflate'] },
])('what ends at files alone loads no chat, cloud, or queue: jit $words', async ({ words, packages }) => {
  // With a fault, which is told before anything is loaded that starts.
  const { ended, loaded } = watched(words, `${SMALL}\nmistyped: 1\n`);
  await ended;
  expect(loaded()).toEqual(packages);
});
