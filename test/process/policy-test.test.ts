import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-policy-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'drawbridge.yaml'), SMALL);

const TESTS = `tests:
  - { name: engineers get in, who: ada, machine: { name: web-1 }, port: ssh, from: 203.0.113.7, expect: { policy: one, needs: 'person:grace' } }
  - { name: others do not, who: grace, machine: { name: web-1 }, port: ssh, from: 203.0.113.7, expect: { refused: noPolicy } }
`;

function jit(...words: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH }, timeout: 60_000 };
    execFile(process.execPath, [JIT, ...words], options, (error, out, told) =>
      resolve({ code: error?.code ?? 0, said: out + told }),
    );
  });
}

describe('jit policy test', () => {
  it('passes without a secret, a cloud, or a directory', async () => {
    writeFileSync(join(folder, 'right.yaml'), TESTS);
    expect(await jit('policy', 'test', 'right.yaml')).toEqual({
      code: 0,
      said: 'ok    engineers get in\nok    others do not\n2 passed, 0 failed.\n',
    });
  });

  it('says what is otherwise, for people, for programs, and for CI', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), TESTS.replace('person:grace', 'manager'));
    const { code, said } = await jit('policy', 'test', 'wrong.yaml', '--junit', 'out.xml');
    expect(code).toBe(1);
    expect(said).toBe(
      [
        'FAIL  engineers get in (line 2)',
        '      - expected: policy one: manager',
        '      + is:       policy one: person:grace',
        'ok    others do not',
        '1 passed, 1 failed.',
        '',
      ].join('\n'),
    );
    const xml = readFileSync(join(folder, 'out.xml'), 'utf8');
    expect(xml).toContain('<testsuite name="wrong.yaml" tests="2" failures="1">');
    expect(xml).toContain('<failure message="expected policy one: manager; is policy one: person:grace"/>');
    const { said: json } = await jit('policy', 'test', 'wrong.yaml', '--json');
    expect(JSON.parse(json)).toMatchObject({ passed: 1, failed: 1, tests: [{ passed: false, line: 2 }, {}] });
  });

  it('judges a case without a reason as an empty one, and breaking glass by its own rules', async () => {
    const rules = `${SMALL}    because: { letters: 5 }\n  - { name: never, machines: { names: ["web-*"] }, refuse: No. }\nbreakGlass: [{ name: fire, who: [person:ada], machines: { names: ["web-*"] }, ports: [ssh], review: { by: [person:grace] } }]\n`;
    writeFileSync(join(folder, 'strict.yaml'), rules);
    const one = (who: string, machine: string, more: string) =>
      `  - { who: ${who}, machine: { name: ${machine} }, port: ssh, from: 203.0.113.7, ${more} }\n`;
    const cases = [
      one('ada', 'db-1', 'expect: { refused: policyReason }'),
      one('ada', 'db-1', 'because: long enough, expect: { policy: one }'),
      one('ada', 'web-1', 'because: long enough, expect: { refused: policyRefuses }'),
      one('ada', 'web-1', 'breakGlass: true, expect: { policy: fire }'),
      one('grace', 'web-1', 'breakGlass: true, expect: { refused: noBreakGlass }'),
      one('ada', 'db-1', 'expect: allowed'),
    ];
    writeFileSync(join(folder, 'cases.yaml'), `tests:\n${cases.join('')}`);
    const { said } = await jit('-c', 'strict.yaml', 'policy', 'test', 'cases.yaml');
    expect(said).toContain('5 passed, 1 failed.');
    expect(said).toContain('        The case has no `because`, which counts as an empty reason.');
  });

  it('passes for the whole file of docs/policy.md, as the page has it', async () => {
    const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
    const block = (title: string) =>
      new RegExp(`## ${title}\\n[^#]*?\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
    writeFileSync(join(folder, 'prod.yaml'), block('A whole file'));
    writeFileSync(join(folder, 'tests.yaml'), block('Testing policies'));
    expect((await jit('check', 'prod.yaml', '--offline')).said).toMatch(/^prod.yaml has no errors \(.*\)\.\n$/);
    const { said } = await jit('-c', 'prod.yaml', 'policy', 'test', 'tests.yaml');
    expect(said).toMatch(/\n4 passed, 0 failed.\n$/);
  });

  it('has a check that names every cloud and chat of the file', async () => {
    writeFileSync(join(folder, 'google.yaml'), `${SMALL}gcp: { projects: [my-project] }\n`);
    expect((await jit('check', 'google.yaml', '--offline')).said).toMatch(/; slack, aws, gcp; version /);
  });

  it('has a check that names --offline where secrets are not at hand', async () => {
    const { said } = await jit('check');
    expect(said).toContain('the secret env:A is not set');
    expect(said).toContain('use --offline');
    expect((await jit('check', '--offline')).said).not.toContain('use --offline');
  });

  it('of a file with faults says all of them', async () => {
    const bad = TESTS.replace('who: ada', 'who: adda').replace('noPolicy', 'noPolice').replace('tests:', 'test:');
    writeFileSync(join(folder, 'bad.yaml'), bad);
    const { code, said } = await jit('policy', 'test', 'bad.yaml');
    expect(code).toBe(1);
    expect(said).toContain('test: is not a setting here; did you mean tests? (line 1)');
    expect(said).toContain('The file bad.yaml has ');
    expect((await jit('policy', 'test', 'none.yaml')).said).toContain(
      'The file none.yaml has 1 error:\n  it cannot be read',
    );
  });
});
