import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessTokens, scopeOf } from '../../adapters/oidc/index.ts';
import { type OidcSimulator, startOidcSimulator } from '../../simulators/oidc/index.ts';
import { people, TENANT_ID } from '../../simulators/world.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { callsOf } from '../../src/calls.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { MACHINE, PEOPLE, world } from '../app/fixtures.ts';
import { atCommandLine, JIT } from './command-line.ts';

const { requester: ADA, manager: GRACE } = people;
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-person-'));
const ENTRA: Readonly<Record<string, string>> = { ada: ADA.entraId, grace: GRACE.entraId };
const made = world({ people: PEOPLE.map((person) => ({ ...person, entra: ENTRA[person.id] ?? '' })) });
/** What stands for the machine: it greets whoever comes. */
const machine = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-simulated\r\n'));
/** Does the cloud tell where to connect? */
let isTold = true;
let oidc: OidcSimulator;
let server: HttpServer;

beforeAll(async () => {
  oidc = await startOidcSimulator();
  const { issuer, api, cli, device } = oidc;
  const clients = { clientId: cli.clientId, deviceClientId: device.clientId };
  const tokens = accessTokens({ issuer, tenantId: TENANT_ID, audience: api.audience, ...clients });
  server = await startServer({
    ...{ host: '127.0.0.1', port: 0, ready: async () => [], log: made.deps.log },
    routes: callsOf('test', made.deps, { tokens, signIn: { issuer, ...clients, scope: scopeOf(api) } }),
  });
  await new Promise<void>((resolve) => machine.listen(0, '127.0.0.1', resolve));
  const { port } = machine.address() as AddressInfo;
  const { open } = made.cloud;
  made.cloud.open = async (...given) =>
    (await open(...given)).map((one) => (isTold ? { ...one, connect: `127.0.0.1:${port}` } : one));
  // In place of ssh: it says what it was given.
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nprintf '%s\\n' "$@"\nexit 7\n`);
  chmodSync(join(folder, 'ssh'), 0o755);
});
afterAll(async () => {
  await server.close();
  await oidc.stop();
  machine.close();
  rmSync(folder, { recursive: true });
});

const { jit, run, login, envOf } = atCommandLine(folder, () => ({ url: server.url, oidc }));

const open = () => converge(made.deps, MACHINE.id, new AbortController().signal);
const session = (who: string) => join(folder, who, 'drawbridge', 'session.json');
const LONG = { timeout: 300_000 };

/** Ctrl-C as soon as it is told how things stand. */
function interrupted(
  who: string,
  ...words: readonly string[]
): Promise<{ readonly signal: unknown; readonly error: string }> {
  const child = spawn(process.execPath, [JIT, ...words], { env: envOf(who), cwd: folder });
  let error = '';
  child.stderr.on('data', (data) => {
    if (error === '') child.kill('SIGINT');
    error += data;
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve({ signal, error })));
}

describe('a person at the command line', () => {
  it('is nobody before they sign in, and needs an address', LONG, async () => {
    expect(await jit('ada', 'status')).toMatchObject({ code: 6, out: '' });
    const { error } = await jit('ada', 'list');
    expect(error).toContain('You are not signed in: nobody has signed in on this computer.');
    expect(error).toContain('As the operator, run it in the folder of drawbridge.yaml');
    expect((await jit('ada', 'whoami')).error).not.toContain('As the operator');
    expect(await jit('ada', 'login', 'http://jit.example.com')).toMatchObject({ code: 3 });
    expect((await jit('ada', 'login', 'http://127.0.0.1:9')).error).toContain('cannot be reached');
    expect(await jit('ada', 'request')).toMatchObject({ code: 2 });
    expect((await jit('ada', 'approve', 'api-1')).error).toContain('An ID has seven letters and digits');
    expect((await jit('ada', 'list', 'theirs')).error).toContain('Allowed choices are mine, pending, all.');
    // An option of operators before the verb changes nothing of how it ends.
    for (const words of [['status'], ['-c', 'x.yaml', 'status'], ['--config=x.yaml', 'ssh', 'api-1']])
      expect(await jit('ada', ...words)).toMatchObject({
        code: 6,
        out: '',
        error: expect.stringContaining('signed in'),
      });
  });

  it('signs in with a browser, and the token is in a file of theirs alone', LONG, async () => {
    const said = await login('ada', ADA.name, '--no-browser');
    expect(said).toMatchObject({ code: 0 });
    expect(said.out).toContain('You are signed in as Ada until');
    expect(statSync(session('ada')).mode & 0o777).toBe(0o600);
    expect(await jit('ada', 'whoami')).toMatchObject({ code: 0, out: expect.stringContaining('127.0.0.1') });
    // What others can read is not believed (openSession).
    chmodSync(session('ada'), 0o644);
    expect((await jit('ada', 'whoami')).error).toContain('can be read or changed by others');
    chmodSync(session('ada'), 0o600);
  });

  it('may list and request alone with a device code, and is refused in words elsewhere', LONG, async () => {
    expect(await login('device', GRACE.entraId, '--device')).toMatchObject({ code: 0 });
    const none = 'You have no open or pending requests';
    expect(await jit('device', 'status')).toMatchObject({
      ...{ code: 0, out: `${none}, and nothing waits for your decision.` },
    });
    expect(await jit('device', 'list', 'mine')).toMatchObject({ code: 0, out: `${none}.` });
    // NB. whatever waits for others, or is open.
    expect(await jit('device', 'list', 'pending')).toMatchObject({ code: 0, out: 'Nothing waits for your decision.' });
    const refused = await jit('device', 'approve', 'abcdefg');
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.error).toContain('Whoever signed in with a device code may list and request, and nothing else.');
    oidc.behaviour.noDeviceCodes = true;
    const blocked = await login('blocked', GRACE.entraId, '--device');
    oidc.behaviour.noDeviceCodes = false;
    expect(blocked).toMatchObject({ code: 3, error: expect.stringContaining('does not let you sign in like this') });
    expect(existsSync(session('blocked'))).toBe(false);
    const cancelled = await login('declined', 'Cancel', '--no-browser');
    expect(cancelled).toMatchObject({ code: 3, error: expect.stringContaining('it was cancelled') });
  });

  it('requests, decides, connects with ssh by an address, and revokes', LONG, async () => {
    expect(await login('grace', GRACE.name, '--no-browser')).toMatchObject({ code: 0 });
    const asked = await jit('ada', 'request', 'api-1', 'ssh', 'for', '1h', 'because', 'deploy of 4711', '--json');
    const { id, status, reason } = JSON.parse(asked.out);
    expect({ status, reason, code: asked.code }).toEqual({ status: 'pending', reason: 'deploy of 4711', code: 0 });
    const late = await jit('ada', 'status', id, '--wait', '--timeout', '1s');
    expect(late).toMatchObject({ code: 4, out: 'api-1: pending · asked: Grace' });
    expect(late.error).toContain(`Request \`${id}\` still waits.`);
    const stopped = await interrupted('ada', 'status', id, '--wait');
    expect(stopped).toEqual({
      signal: 'SIGINT',
      error: expect.stringContaining(`Request \`${id}\` stays, though nobody waits here: \`jit status ${id}\``),
    });
    expect(await jit('ada', 'approve', id)).toMatchObject({ code: 3 });
    expect(await jit('grace', 'approve', id)).toMatchObject({ code: 0, out: expect.stringContaining('approved by') });
    await open();
    const ssh = await jit('ada', 'ssh', 'root@api-1', '--close', '--', '-v');
    const { port } = machine.address() as AddressInfo;
    expect(ssh.out.split('\n')).toEqual(['-v', '-l', 'root', '-p', String(port), '--', '127.0.0.1']);
    expect(ssh).toMatchObject({ code: 7, error: expect.stringContaining(`Request \`${id}\``) });
    expect((await jit('ada', 'show', id, '--json')).out).toContain('"status": "closing"');
  });

  it('passes on what ssh says as its ProxyCommand, and nothing else on stdout', LONG, async () => {
    await open();
    const asked = await jit('ada', 'request', 'api-1', 'ssh', 'because', 'again', '--json');
    const { id } = JSON.parse(asked.out);
    await jit('grace', 'approve', id);
    await open();
    const proxied = await jit('ada', 'ssh', '--proxy', 'api-1', '22');
    expect(proxied).toMatchObject({ code: 0, out: 'SSH-2.0-simulated' });
    // noTerminal
    const none = await jit('ada', 'ssh', 'other-1');
    expect(none).toMatchObject({ code: 2, error: expect.stringContaining('The reason is missing') });
    expect(await jit('ada', 'ssh', 'x"y@api-1')).toMatchObject({ code: 2 });
    expect(await jit('ada', 'ssh', 'api-1', '--port', '0')).toMatchObject({ code: 2 });
    expect((await jit('ada', 'revoke', id, 'because', 'done')).out).toContain(id);
  });

  it('is told why it cannot connect: denied meanwhile, no address, no ssh', LONG, async () => {
    await open();
    const since = (await made.deps.store.live(10)).map(({ id }) => id);
    const waits = jit('ada', 'ssh', 'api-1', '--because', 'a third time', '--for', '30m');
    const id = await vi.waitUntil(
      async () => (await made.deps.store.live(10)).find((one) => !since.includes(one.id))?.id,
      { timeout: 60_000, interval: 100 },
    );
    expect(await jit('grace', 'deny', id, 'because', 'not today')).toMatchObject({ code: 0 });
    const denied = await waits;
    expect(denied).toMatchObject({ code: 3, out: '' });
    // notOpened
    expect(denied.error).toContain('api-1: denied · Grace: denied');
    expect(denied.error).toContain(`api-1 is not open for you: the request is denied. See \`jit show ${id}\`.`);
    isTold = false;
    const more = JSON.parse((await jit('ada', 'request', 'api-1', 'ssh', 'because', 'more', '--json')).out);
    await jit('grace', 'approve', more.id);
    await open();
    // noWayIn
    const lost = await jit('ada', 'ssh', 'api-1');
    expect(lost).toMatchObject({ code: 5, out: '' });
    expect(lost.error).toContain('Nobody can tell where to connect to api-1 at port 22.');
    isTold = true;
    await jit('ada', 'revoke', more.id);
    await open();
    const last = JSON.parse((await jit('ada', 'request', 'api-1', 'ssh', 'because', 'last', '--json')).out);
    await jit('grace', 'approve', last.id);
    await open();
    // noProgram
    rmSync(join(folder, 'ssh'));
    const none = await run({ ...envOf('ada'), PATH: folder }, 'ssh', 'api-1');
    expect(none).toMatchObject({ code: 1, error: expect.stringContaining('ssh could not be started.') });
  });

  it('gets a file for Remote Desktop that is theirs alone', LONG, async () => {
    const rdp = join(folder, 'x.rdp');
    expect(await jit('ada', 'rdp', 'api-1', '--port', '22', '--no-open', '--out', rdp)).toMatchObject({ out: rdp });
    expect(readFileSync(rdp, 'utf8')).toContain('full address:s:127.0.0.1:');
    expect(statSync(rdp).mode & 0o777).toBe(0o600);
  });

  it('is told where there is nothing to sign in to', LONG, async () => {
    const bare = await startServer({
      ...{ host: '127.0.0.1', port: 0, ready: async () => [], log: made.deps.log },
      routes: [],
    });
    const said = await jit('new', 'login', bare.url);
    await bare.close();
    // noApi
    expect(said).toMatchObject({ code: 1, error: expect.stringContaining('has no sign-in for the command line') });
    // loginFailed
    expect((await jit('new', 'login', 'ftp://x')).error).toContain('The sign-in did not work');
  });

  it('is signed out on this computer', LONG, async () => {
    expect(await jit('ada', 'logout')).toMatchObject({ code: 0 });
    expect(readFileSync(session('ada'), 'utf8')).toBe(`${JSON.stringify({ server: server.url })}\n`);
    expect(await jit('ada', 'whoami')).toMatchObject({ code: 6 });
  });
});
