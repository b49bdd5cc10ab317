import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { describe, expect, it, vi } from 'vitest';
import { newKey } from '../../src/http/api/keys.ts';
import { POLICY } from '../app/fixtures.ts';
import { api, GRACE } from '../http/api-rig.ts';
import { ROOT, read } from './files.ts';

const DEPLOY = newKey();
const SERVICES = [{ id: 'deploy', name: 'Deploy pipeline', owner: 'ada', keys: [DEPLOY.hash] }];
const OWN = { ...POLICY, name: 'pipelines', who: ['person:deploy' as const] };
const LONG = { timeout: 300_000 };

/** Runs a script of the folder, as a step of CI or as Terraform's provider `external` does. */
function ran(script: string, env: Readonly<Record<string, string>>, query?: object) {
  const child = spawn('bash', [join(ROOT, 'manifests/terraform', script)], {
    env: { PATH: process.env.PATH ?? '', ...env },
    timeout: 120_000,
  });
  const [out, told]: [string[], string[]] = [[], []];
  child.stdout.on('data', (part) => out.push(String(part)));
  child.stderr.on('data', (part) => told.push(String(part)));
  child.stdin.end(query ? JSON.stringify(query) : '');
  return new Promise<{ readonly code: number | null; readonly out: string; readonly told: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out: out.join(''), told: told.join('') })),
  );
}

async function house() {
  const rig = await api({ policies: [OWN] }, SERVICES);
  const open = rig.cloud.open;
  rig.cloud.open = async (...given) => (await open(...given)).map((one) => ({ ...one, connect: '198.51.100.4:22' }));
  const env = {
    ...{ DRAWBRIDGE: rig.url, DRAWBRIDGE_KEY: DEPLOY.key, MACHINE: 'api-1', REASON: 'deploy of 4711' },
    ...{ ATTEMPT: 'tf-1-1-attempt', POLL: '0.2', FROM: '198.51.100.7' },
  };
  return { ...rig, env };
}

describe('the example for Terraform', () => {
  it('is HCL of the shape that Terraform knows, with the two providers that only read', async () => {
    const tf = await parse('main.tf', read('manifests/terraform/main.tf'));
    expect(Object.keys(tf).sort()).toEqual(['data', 'resource', 'terraform', 'variable']);
    expect(tf.terraform[0].required_providers[0]).toMatchObject({
      external: { source: 'hashicorp/external' },
      http: { source: 'hashicorp/http' },
    });
    expect(Object.entries(tf.data).map(([kind, all]) => [kind, Object.keys(all as object)])).toEqual([
      ['external', ['access']],
      ['http', ['ready']],
    ]);
    expect(tf.data.external.access[0]).toMatchObject({
      program: ['bash', `\${path.module}/wait.sh`],
      query: { address: `\${var.drawbridge}`, request: `\${var.request}` },
    });
    await expect(parse('main.tf', 'data "http" {')).rejects.toThrow();
  });

  it('keeps no key in the state of Terraform, and asks for nothing', () => {
    const text = read('manifests/terraform/main.tf').replaceAll(/#.*$/gm, '');
    expect(text).not.toMatch(/authorization|DRAWBRIDGE_KEY|request_headers|method/i);
    expect(read('manifests/terraform/wait.sh')).not.toMatch(/curl[^|]* (?:-d|-X|--data|--request)\b/);
  });

  it('requests in a step before, once, waits for the decision, and tells where to connect', LONG, async () => {
    const { call, open, env, url } = await house();
    const asked = await ran('request.sh', env);
    expect([asked.code, asked.told]).toEqual([0, '']);
    const request = asked.out.trim();
    expect((await ran('request.sh', env)).out.trim()).toBe(request);
    const waiting = ran('wait.sh', env, { address: url, request });
    await vi.waitUntil(async () => (await call(GRACE, `requests/${request}/approve`, {})).status === 200);
    await open();
    const { code, out, told } = await waiting;
    expect([code, told]).toEqual([0, '']);
    // Terraform takes an object of strings alone.
    expect(JSON.parse(out)).toEqual({ host: '198.51.100.4', port: '22' });
  });

  it('fails with the reason when it is denied, is no request, or the key counts no more', LONG, async () => {
    const { call, env, url } = await house();
    const request = (await ran('request.sh', env)).out.trim();
    await call(GRACE, `requests/${request}/deny`, { reason: 'not today' });
    const denied = await ran('wait.sh', env, { address: url, request });
    expect(denied).toMatchObject({ code: 1, out: '', told: `Request ${request} is denied.\n` });
    expect(await ran('wait.sh', env, { address: url, request: '../whoami' })).toMatchObject({
      code: 1,
      told: 'The request is an ID such as 49u4jnv.\n',
    });
    const stranger = await ran('wait.sh', { ...env, DRAWBRIDGE_KEY: newKey().key }, { address: url, request });
    expect(stranger.code).not.toBe(0);
    expect((await ran('wait.sh', { POLL: '1' }, { address: url, request })).told).toContain('DRAWBRIDGE_KEY');
  });
});
