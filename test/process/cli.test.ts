import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { readRecord } from '../../src/core/audit/record.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { QUIET } from '../redis/server.ts';

let demo: Demo;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
});
afterAll(() => demo.stop());

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs `jit` beside the running program, as whoever keeps the machine does. */
function jit(...words: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: folder, ...demoSecrets(demo.services) };
  const args = [JIT, '-c', join(folder, 'drawbridge.yaml'), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd: folder, timeout: 150_000 }, (error, out, told) => {
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), error: told.trim() });
    });
  });
}

/** What the audit has of the command line, in short. */
async function audited(): Promise<readonly string[]> {
  const redis = new Redis(readFileSync(join(folder, 'redis', 'address'), 'utf8'));
  const records = await redisAudit({ redis, log: QUIET }).read(undefined, 10_000);
  redis.disconnect();
  return records.flatMap((record) => {
    const { facts, people } = readRecord(record);
    if (facts.as !== 'commandLine') return [];
    const operator = { user: expect.stringMatching(/./), host: hostname() };
    expect(Object.values(people)).toContainEqual(expect.objectContaining(operator));
    const { event, outcome, machineName, cloud, code } = facts;
    return [[event, machineName ?? cloud, outcome, code].filter(Boolean).join(' ')];
  });
}

/** What a command adds to it. */
async function auditedBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = await audited();
  await work();
  return (await audited()).slice(before.length);
}

describe('the command line', () => {
  it('explains what starts later, and what somebody asks for somebody else, as asking for it in chat would be judged', async () => {
    const before = await audited();
    const later = await jit('policy', 'explain', 'ada', 'api-1', '22', 'at', 'tomorrow', '9:00', 'because', 'deploy');
    expect((await audited()).slice(before.length)).toEqual(['explain api-1 done']);
    expect(later).toMatchObject({ code: 0, out: expect.stringContaining('Ada Okafor: 22 (SSH) of api-1') });
    expect(later.out).toMatch(/Starts .* 09:00 UTC, until .* 10:00 UTC\./);
    const other = await jit('policy', 'explain', 'ada', 'api-1', '22', 'for', '@lin', 'from', '203.0.113.8');
    expect(other.code).toBe(1);
    expect(other.error).toContain('Lin Moreau');
  });

  it('is in the audit: who started the program, what was protected and put back, what was refused', async () => {
    // What was explained before is an act of the same operator.
    expect((await audited())[0]).toBe('start done');
    expect(await auditedBy(() => jit('protect', 'db-1', '22'))).toEqual(['protect db-1 begun', 'protect db-1 done']);
    expect(await auditedBy(() => jit('unprotect', 'db-1'))).toEqual([
      'unprotect db-1 begun',
      'unprotect db-1 done',
      'put back db-1 begun',
      'put back db-1 done',
    ]);
    expect(await auditedBy(() => jit('protect', 'nowhere-1'))).toEqual(['protect refused unknownMachine']);
    expect(await auditedBy(() => jit('protect', 'api-1,', 'legacy-1', 'usual'))).toEqual(['protect shown']);
    const records = mkdtempSync(join(tmpdir(), 'drawbridge-records-'));
    expect(await auditedBy(() => jit('restore', 'all', '--from', records))).toEqual(['put back refused nothingClosed']);
    rmSync(records, { recursive: true });
  });

  it('protects a machine at the usual ports, and with limits', async () => {
    expect(await jit('protect', 'web-1')).toMatchObject({
      code: 0,
      out: 'web-1 is protected on 22, 3389, 5985, 5986.',
    });
    expect(
      await jit('protect', 'web-1', '22', 'from', '203.0.113.0/28', 'or', '198.51.100.7', 'for', '3h'),
    ).toMatchObject({
      code: 0,
      out: 'web-1 is protected on 22 (from 203.0.113.0/28 or 198.51.100.7, for 3 h at most), 3389, 5985, 5986.',
    });
    expect(await jit('unprotect', 'web-1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('no longer protected'),
    });
  });

  it('shows first what will change on several, and does it with the code of that page', async () => {
    const words = ['protect', 'api-1,', 'legacy-1', 'usual'];
    const shown = await jit(...words);
    expect(shown).toMatchObject({ code: 0, error: '' });
    expect(shown.out).toContain('Protect 2 machines?');
    expect(shown.out).toContain('Open now: 22 to 0.0.0.0/0 through launch-wizard-1.');
    const code = /confirm ([0-9a-f]{6})/.exec(shown.out)?.[1] ?? '';
    expect((await jit(...words, 'leaving', 'confirm', '000000')).out).toContain('Something has changed since');
    const done = await jit(...words, 'leaving', 'confirm', code);
    expect(done.code).toBe(0);
    expect(done.out).toContain('api-1 is protected on 22, 3389, 5985, 5986.');
    expect(done.out).toContain('legacy-1 is protected on 22, 3389, 5985, 5986.');
  });

  it('closes what others let stand open, and shows from the records alone what putting it back opens', async () => {
    const open = () => {
      const group = demo.services.aws.state().groups.find(({ name }) => name === 'launch-wizard-1');
      return (group?.rules ?? []).filter(({ direction, fromPort }) => direction === 'ingress' && fromPort === 22)
        .length;
    };
    demo.services.aws.human.addRule('launch-wizard-1', { port: 22, source: '10.8.0.0/16' });
    const words = ['protect', 'legacy-1', 'closing'];
    const shown = await jit(...words);
    expect(shown.out).toContain('tcp 22 from 0.0.0.0/0 is removed');
    const code = /closing confirm ([0-9a-f]{6})/.exec(shown.out)?.[1] ?? '';
    expect(open()).toBe(2);
    expect(await jit(...words, 'confirm', code)).toMatchObject({ code: 0, error: '' });
    expect(open()).toBe(0);
    const records = join(folder, 'undo');
    const kept = () => readdirSync(records).filter((name) => name.endsWith('.json'));
    expect(kept()).toHaveLength(2);
    expect(await jit('restore', 'all', '--from', join(folder, 'nowhere'))).toMatchObject({
      code: 1,
      error: expect.stringContaining('The undo record'),
    });
    const listed = await jit('lockdowns', '--from', records);
    expect(listed.out).toContain('tcp 22 from 0.0.0.0/0 in security group launch-wizard-1');
    const back = await jit('restore', 'all', '--from', records);
    expect(back.out).toContain('opens tcp 22 from 0.0.0.0/0');
    const digest = /confirm ([0-9a-f]{6})/.exec(back.out)?.[1] ?? '';
    // Anybody could come by it: that takes two people, whom a shell does not know.
    expect(await jit('restore', 'all', 'confirm', digest, '--from', records)).toMatchObject({
      code: 1,
      error: expect.stringContaining('takes two people'),
    });
    expect(open()).toBe(0);
    expect(kept()).toHaveLength(2);
    expect((await jit('unprotect', 'legacy-1')).out).toContain('What a lockdown closed stays closed');
    const own = /`(aws-[0-9a-f]+)` tcp 22 from 10\.8\.0\.0/.exec(listed.out)?.[1] ?? '';
    const page = (await jit('restore', own)).out;
    expect(page).toContain('opens tcp 22 from 10.8.0.0/16');
    const agreed = /confirm ([0-9a-f]{6})/.exec(page)?.[1] ?? '';
    expect((await jit('restore', own, 'confirm', agreed)).out).toContain(`Put back what ${own} records:`);
    expect(open()).toBe(1);
    expect(kept()).toHaveLength(1);
    expect(await jit('unprotect')).toMatchObject({ code: 2, error: expect.stringContaining("argument 'machine'") });
  });

  it('says which machine failed, does the others, and fails', async () => {
    const words = ['protect', 'jump-1,batch-1', 'usual'];
    const code = /confirm ([0-9a-f]{6})/.exec((await jit(...words)).out)?.[1] ?? '';
    demo.services.azure.faults.add(
      'JitNetworkAccessPolicies_CreateOrUpdate',
      { kind: 'error', status: 403, code: 'AuthorizationFailed', message: '-' },
      Number.POSITIVE_INFINITY,
    );
    const ran = await jit(...words, 'confirm', code);
    demo.services.azure.faults.clear();
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('batch-1 is protected');
    expect(ran.error).toContain('jump-1: Azure does not allow Drawbridge to do this (AuthorizationFailed).');
  });

  it.each<readonly [readonly string[], number, string]>([
    [['revoke', 'aaaaaaa'], 1, 'There is no request “aaaaaaa”.'],
    [['revoke'], 2, 'missing required argument'],
    [['close'], 2, 'missing required argument'],
    [['close', 'web-1'], 2, 'to close one request, `jit revoke <id>`'],
    [['protect', 'nowhere-1'], 1, 'No machine is called “nowhere-1”.'],
    [['protect', 'tag:env=none', 'usual'], 1, 'No machine matches “tag:env=none”.'],
    [['protect', 'web-1', '70000'], 1, '“70000” is not a port.'],
    [['protect', 'web-1', 'for', '3h'], 1, 'The ports are missing.'],
    [['protect', 'web-1', '22', 'for', '2d'], 1, '2 d is too long'],
    [['protect', 'web-1', 'frobnicate'], 1, 'frobnicate'],
    [['protect'], 2, 'missing required argument'],
    [['open', 'web-1'], 2, 'unknown command'],
    // A shell alone does none of these: they are a person's, who signs in, and end as docs/commands.md says.
    [['request', 'web-1'], 6, 'You are not signed in'],
    ...['approve', 'extend'].flatMap(
      (verb) =>
        [
          [[verb, 'aaaaaaa'], 6, 'You are not signed in'],
          [[verb, 'web-1'], 2, 'An ID has seven letters and digits'],
        ] as const,
    ),
    [['drill', 'web-1'], 2, 'too many arguments'],
    [['drill'], 1, 'A drill opens a port, which nobody who has only a shell may do'],
    [['unprotect', 'nowhere-1'], 1, 'No machine is called “nowhere-1”.'],
  ])('refuses %j with %i', async (words, code, text) => {
    const ran = await jit(...words);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.error).toContain(text);
    expect(ran.error).not.toContain('    at ');
  });

  it('lists the faults of a configuration, and finds none in this one', async () => {
    expect((await jit('check')).code).toBe(0);
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'installation: Not Good\n');
    const ran = await jit('check', broken);
    expect(ran.code).toBe(1);
    expect(`${ran.out}${ran.error}`).toContain('installation');
  });
});

describe('jit check --machines', () => {
  it('lists which machines each entry of protections selects', async () => {
    const file = join(folder, 'protections.yaml');
    const [ports, none] = ['ports: [ssh]', 'machines: { names: [db-9] }'];
    const entries = `protections: [{ name: web, machines: { group: RG-prod, names: ["web-*"] }, ${ports} }, { name: gone, ${none}, ${ports} }]`;
    writeFileSync(file, `${readFileSync(join(folder, 'drawbridge.yaml'), 'utf8')}\n${entries}\n`);
    const ran = await jit('check', '--machines', file);
    expect(ran.out).toContain('Protection web: 1 machine (web-1).\nProtection gone: no machine.');
    expect(ran.code).toBe(0);
  });
});

describe('the program', () => {
  it('that meets an error which nobody catches logs it, tells the operators, stops as it should, and fails', async () => {
    // A library's promise, say, that rejects when nobody waits for it.
    const stray = "process.once('SIGUSR2', () => void Promise.reject(new Error('a stray error')))";
    const file = join(folder, 'operated.yaml');
    const config = readFileSync(join(folder, 'drawbridge.yaml'), 'utf8');
    writeFileSync(file, `${config}\noperators: [vm-access-slack]\n`);
    const program = fork(JIT, ['-c', file, 'start'], {
      env: { PATH: process.env.PATH, ...demoSecrets(demo.services) },
      cwd: folder,
      execArgv: ['--import', `data:text/javascript,${encodeURIComponent(stray)}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let told = '';
    program.stderr?.on('data', (part: Buffer) => {
      told += part.toString();
    });
    program.once('message', () => program.kill('SIGUSR2'));
    const [code] = await once(program, 'close');
    const lines = told
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        origin: 'unhandledRejection',
        msg: 'nobody caught an error; stopping',
      }),
    );
    expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'Drawbridge has stopped' });
    expect(code).toBe(1);
    expect(JSON.stringify(demo.services.slack.state())).toContain('Drawbridge stops after an error');
  }, 60_000);
});
