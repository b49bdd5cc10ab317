import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkedConfig } from '../../src/config/load.ts';
import { markKeys, secretOf } from '../../src/config/secrets.ts';
import { refusal } from '../core/samples.ts';
import { edited, SMALL } from './files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-secrets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a secret', () => {
  it('is read from the environment', () => {
    expect(secretOf('env:TOKEN', { TOKEN: 'hush' })).toBe('hush');
    vi.stubEnv('TOKEN_OF_A_TEST', ' hush\n');
    expect(secretOf('env:TOKEN_OF_A_TEST')).toBe('hush');
  });

  it('is read from a file, without the line end that editors write', () => {
    expect(secretOf(`file:${file('token', 'hush\n')}`, {})).toBe('hush');
  });

  it.each<[string, () => string, NodeJS.ProcessEnv]>([
    ['not set', () => 'env:TOKEN', {}],
    ['empty', () => 'env:TOKEN', { TOKEN: '' }],
    ['blank', () => 'env:TOKEN', { TOKEN: ' \n' }],
    ['not a file', () => `file:${join(folder, 'absent')}`, {}],
    ['an empty file', () => `file:${file('empty', '\n')}`, {}],
    ['a folder', () => `file:${folder}`, {}],
  ])('that is %s is refused by its reference', (_, reference, env) => {
    expect(refusal(() => secretOf(reference(), env))).toMatchObject({
      code: 'badConfig',
      hint: `\n  the secret ${reference()} is not set`,
    });
  });

  it('in a file by a path that begins nowhere says where it was looked for', () => {
    const say = (reference: string) => (refusal(() => secretOf(reference)) as { hint: string }).hint;
    expect(say('file:.data/none')).toContain(`is not set: looked for at ${join(process.cwd(), '.data/none')}`);
    expect(say('file:/no/key')).toMatch(/file:\/no\/key is not set$/);
  });

  it('is in no refusal', () => {
    const keys = [
      { id: 'k2', secret: 'env:KEY_OF_A_TEST' },
      { id: 'k1', secret: 'env:ABSENT_KEY_OF_A_TEST' },
    ];
    vi.stubEnv('KEY_OF_A_TEST', 'hush');
    const said = refusal(() => markKeys({ keys, keyFile: join(folder, 'key') }));
    expect(said.hint).toContain('env:ABSENT_KEY_OF_A_TEST');
    expect(JSON.stringify(said)).not.toContain('hush');
  });
});

describe('the keys of the marks', () => {
  it('are those of the configuration, in its order, and then no file is made', () => {
    vi.stubEnv('KEY_OF_A_TEST', 'new');
    const keyFile = join(folder, 'key');
    const keys = [
      { id: 'k2', secret: 'env:KEY_OF_A_TEST' },
      { id: 'k1', secret: `file:${file('old', 'old')}` },
    ];
    expect(markKeys({ keys, keyFile })).toEqual([
      { id: 'k2', secret: 'new' },
      { id: 'k1', secret: 'old' },
    ]);
    expect(() => statSync(keyFile)).toThrow();
  });

  it('are otherwise made once, for nobody else to read, and kept', () => {
    const keyFile = join(folder, 'data', 'deep', 'mark-key');
    const [made, ...others] = markKeys({ keyFile });
    expect(others).toEqual([]);
    expect(made).toMatchObject({ id: 'k1', secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(keyFile, 'utf8').trim()).toBe(made.secret);
    expect(markKeys({ keyFile })).toEqual([made]);
    expect(markKeys({ keyFile: join(folder, 'other') })).not.toEqual([made]);
  });

  it('are refused when their file is empty: marks of before would not verify', () => {
    expect(refusal(() => markKeys({ keyFile: file('empty', '') })).code).toBe('badConfig');
  });
});

describe('a configuration', () => {
  it('has every secret and file that it refers to, or all that are missing are said', () => {
    vi.stubEnv('A', 'xoxb-1');
    const path = file(
      'a.yaml',
      edited(
        SMALL,
        'installation: test',
        'installation: test\nteams: { appId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, appPassword: env:A, caFile: /no/ca }\nmarks: { keys: [{ id: k1, secret: file:/no/key }] }',
      ),
    );
    const { hint } = refusal(() => checkedConfig(path)) as { hint: string };
    expect(hint).toContain('slack.signingSecret: the secret env:B is not set (line 4)');
    expect(hint).toContain('teams.caFile: the file /no/ca cannot be read (line 2)');
    expect(hint).toContain('marks.keys[0].secret: the secret file:/no/key is not set (line 3)');
    expect(hint).not.toContain('env:A');
    expect(checkedConfig(file('small.yaml', SMALL), { offline: true }).warnings).toEqual([]);
    vi.stubEnv('B', 'hush');
    expect(checkedConfig(file('small.yaml', SMALL)).config.installation).toBe('test');
  });
});
