import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { startOidcSimulator } from '../../simulators/oidc/index.ts';
import { TestBrowser, textOf } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';

const ORIGIN = 'https://drawbridge.example.com';
const { outsider: OTTO } = people;

it('the whole program links an account: pages, sign-in, Redis, and the directory', { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-linking-'));
  const oidc = await startOidcSimulator();
  onTestFinished(() => oidc.stop());
  oidc.register(`${ORIGIN}/sign-in`);
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, isCompany: true, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());

  const file = join(folder, 'drawbridge.yaml');
  const config = parse(readFileSync(file, 'utf8'));
  const secret = join(folder, 'sign-in-secret');
  writeFileSync(secret, oidc.client.clientSecret);
  const { [OTTO.slackId]: _, ...links } = config.directory.links ?? {};
  const signIn = { issuer: oidc.issuer, clientId: oidc.client.clientId, clientSecret: `file:${secret}` };
  const directory = { ...config.directory, links };
  writeFileSync(file, stringify({ ...config, directory, web: { url: ORIGIN }, signIn }));
  await demo.killAndRestart();

  expect(await stage.slack('outsider', '/jit list')).toContain('/jit link');
  const link = /https:[^|>]+/.exec(await stage.slack('outsider', '/jit link'))?.[0] ?? '';
  const browser = new TestBrowser((url) => url.replace(ORIGIN, demo.program().url));
  expect(textOf(await browser.open(ORIGIN))).toContain('Access is requested in chat');
  const accounts = await browser.press(await browser.open(link), 'This is me');
  // What is under way outlives the process.
  await demo.killAndRestart();
  const code = /\d{3}-\d{3}/.exec(textOf(await browser.press(accounts, OTTO.name)))?.[0];
  expect(await stage.slack('outsider', `/jit link ${code}`)).toContain('is linked to Otto Brandt');
  expect(await stage.slack('outsider', '/jit whoami')).toContain('a link of their own');
  expect((await browser.open(link)).status).toBe(409);

  const said = await new Promise<string>((resolve) => {
    const env = { ...process.env, DRAWBRIDGE_CONFIG: file, ...demoSecrets(demo.services) };
    execFile(process.execPath, [JIT, 'people', 'links'], { env, timeout: 60_000 }, (_, out, told) =>
      resolve(out + told),
    );
  });
  expect(said).toContain(`${OTTO.slackId}`);
  expect(said).toContain('Otto Brandt');
});
