import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { newKey } from '../../src/http/api/keys.ts';
import { POLICY } from '../app/fixtures.ts';
import { api, GRACE } from '../http/api-rig.ts';
import { read } from './files.ts';

interface Step {
  readonly name: string;
  readonly run: string;
  readonly shell?: string;
}

const steps: readonly Step[] = parse(read('manifests/github/drawbridge.yml')).jobs.deploy.steps;
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-actions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEPLOY = newKey();
const SERVICES = [{ id: 'deploy', name: 'Deploy pipeline', owner: 'ada', keys: [DEPLOY.hash] }];
/** FROM is set, as nobody is let in from loopback. */
const OWN = { ...POLICY, name: 'pipelines', who: ['person:deploy' as const] };

/** Runs the lines of a step as the runner does (GitHub, "Workflow syntax": `shell`), and gives its outputs. */
function ran(step: Step | undefined, env: Readonly<Record<string, string>>) {
  const [script, output] = [join(folder, 'step.sh'), join(folder, 'output')];
  writeFileSync(script, step?.run ?? 'exit 9');
  writeFileSync(output, '');
  return new Promise<{ readonly code: number; readonly out: string; readonly given: Readonly<Record<string, string>> }>(
    (resolve) => {
      const options = { env: { PATH: process.env.PATH ?? '', GITHUB_OUTPUT: output, ...env }, timeout: 120_000 };
      execFile('bash', ['-euo', 'pipefail', script], options, (error, out, told) => {
        const lines = readFileSync(output, 'utf8').trim().split('\n');
        const given = Object.fromEntries(lines.map((line) => line.split('=')));
        resolve({ code: Number(error?.code ?? 0), out: `${out}${told}`, given });
      });
    },
  );
}

async function house() {
  const rig = await api({ policies: [OWN] }, SERVICES);
  const open = rig.cloud.open;
  rig.cloud.open = async (...given) => (await open(...given)).map((one) => ({ ...one, connect: '198.51.100.4:22' }));
  const env = {
    ...{ DRAWBRIDGE: rig.url, DRAWBRIDGE_KEY: DEPLOY.key, MACHINE: 'api-1', REASON: 'deploy of 4711' },
    ...{ ATTEMPT: 'gh-1-1-attempt', POLL: '0.2', FROM: '198.51.100.7' },
  };
  const asked = () =>
    vi.waitUntil(async () => (await rig.deps.store.live(1))[0]?.id, { timeout: 60_000, interval: 50 });
  return { ...rig, env, asked };
}

const LONG = { timeout: 300_000 };

it('the workflow requests, waits for the decision, learns where to connect, and closes', LONG, async () => {
  const { call, open, env, asked } = await house();
  const waiting = ran(steps[0], env);
  const id = await asked();
  expect((await call(GRACE, `requests/${id}/approve`, {})).status).toBe(200);
  await open();
  const { code, given, out } = await waiting;
  expect([code, out]).toEqual([0, '']);
  expect(given).toEqual({ id, host: '198.51.100.4', port: '22' });
  expect(steps[1]?.run).toBe('ssh -p "$PORT" -- "$HOST" ./deploy.sh');
  expect(await ran(steps[2], { ...env, ID: id })).toMatchObject({ code: 0, out: '' });
  expect((await call(DEPLOY.key, `requests/${id}`)).body.request.status).toBe('closing');
  // Once more does nothing, and is no failure.
  expect(await ran(steps[2], { ...env, ID: id })).toMatchObject({ code: 0 });
});

it('the workflow fails when it is denied, and when its key counts no more', LONG, async () => {
  const { call, env, asked } = await house();
  const waiting = ran(steps[0], env);
  const id = await asked();
  await call(GRACE, `requests/${id}/deny`, { reason: 'not today' });
  expect(await waiting).toMatchObject({ code: 1, out: `Request ${id} is denied.\n`, given: { id } });
  const refused = await ran(steps[0], { ...env, DRAWBRIDGE_KEY: newKey().key });
  expect(refused.code).not.toBe(0);
});
