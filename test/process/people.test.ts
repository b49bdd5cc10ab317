import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { SMALL } from '../config/files.ts';

const JIT = fileURLToPath(new URL('../../src/cli/jit.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-people-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'drawbridge.yaml'),
  SMALL.replace('name: Ada', 'name: Ada, slack: U0123ABCD, manager: grace'),
);
writeFileSync(join(folder, 'people.csv'), 'id,name,slack\nada,Ada Okafor,U0123ABCD\n');

function jit(...words: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH, A: 'x', B: 'x' };
  return new Promise((resolve) => {
    execFile(process.execPath, [JIT, ...words], { cwd: folder, env, timeout: 60_000 }, (_, out, told) =>
      resolve(out + told),
    );
  });
}

describe('jit people', () => {
  it.each([
    [['people'], ['ada  Ada  Slack U0123ABCD', 'grace  Grace  no account']],
    [['people', 'find', 'u0123'], ['ada  Ada  Slack U0123ABCD']],
    [['people', 'find', 'nemo'], ['Nobody is known as “nemo”.']],
    [
      ['people', 'why', 'ada'],
      [
        'Ada: `person:ada`.',
        'Accounts: Slack `U0123ABCD`.',
        'Manager: Grace.',
        'Groups that policies name: `group:engineers`.',
        'From drawbridge.yaml.',
        'May request under: one.',
        'May decide, besides as manager, owner, or on call, under: none.',
      ],
    ],
    [['people', 'import', 'people.csv'], ['people:\n  - id: ada\n    name: Ada Okafor\n    slack: U0123ABCD\n']],
    [['people', 'import', 'nothing.csv'], ['nothing.csv cannot be read']],
  ])('%j', async (words, lines) => {
    const said = await jit(...words);
    for (const line of lines) expect(said).toContain(line);
  });
});
