import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-people-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'drawbridge.yaml'),
  `${SMALL.replace('name: Ada', 'name: Ada, slack: U0123ABCD, manager: grace').replace(
    'tell: [ops]',
    'hours: { from: "07:00", to: "20:00", outside: { stages: [{ anyOf: [person:ada, person:grace] }] } }',
  )}breakGlass: [{ name: fire, who: [person:grace], machines: { names: ["*"] }, ports: [ssh], review: { by: [person:ada] } }]\n`,
);
writeFileSync(join(folder, 'old.csv'), Buffer.from('id,name\nada,M\xeda\n', 'latin1'));
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
        // Out of hours.
        'May decide, besides as manager, owner, or on call, under: one.',
      ],
    ],
    [['people', 'import', 'people.csv'], ['people:\n  - id: ada\n    name: Ada Okafor\n    slack: U0123ABCD\n']],
    [
      ['people', 'why', 'grace'],
      ['May request under: none.', 'May break glass under: fire.'],
    ],
    [['people', 'import', 'old.csv'], ['old.csv: is not UTF-8; save it as UTF-8 (line 2)']],
    [
      ['people', 'import', 'nothing.csv'],
      ['The file of people has 1 error:', 'nothing.csv is not there; name a CSV file whose first line has id and name'],
    ],
  ])('%j', async (words, lines) => {
    const said = await jit(...words);
    for (const line of lines) expect(said).toContain(line);
  });
});
