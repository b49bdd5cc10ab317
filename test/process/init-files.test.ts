import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mayReplace, refuseUnwritable } from '../../src/cli/init/files.ts';
import type { JitError } from '../../src/core/errors/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-init-files-'));
const file = join(folder, 'drawbridge.yaml');
writeFileSync(file, 'mine');
afterAll(() => rmSync(folder, { recursive: true }));

function thrownBy(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as JitError).sentence;
  }
}

/** Somebody who answers so, and what was asked. */
function somebody(answer: boolean) {
  const asked: string[] = [];
  const yes = async ({ ask }: { readonly ask: string }) => {
    asked.push(ask);
    return answer;
  };
  return { ask: { yes }, asked };
}

describe('before jit init asks anything', () => {
  it.each([
    ['a folder that is there', folder, false],
    ['one that can be made', join(folder, 'new/one'), false],
    ['one below a file', join(file, 'one'), true],
    ['a file in its place', file, true],
    ['one of the system', '/proc/self', true],
  ])('it looks whether it may write into %s', (_, path, isRefused) => {
    expect(thrownBy(() => refuseUnwritable(path))).toEqual(
      isRefused ? expect.stringContaining('cannot be written; begin in a folder that is yours') : undefined,
    );
  });

  it('it asks whether to write over a file that is there, and stops with what to do where not', async () => {
    const no = somebody(false);
    const refused = await mayReplace([file], no.ask).catch((error: unknown) => error);
    expect((refused as JitError).sentence).toMatch(
      /nothing was written: move it away, or .*-c other\/drawbridge\.yaml init/,
    );
    expect(no.asked).toEqual([`There already: ${file}. Once all is answered, write over it?`]);
    expect(await mayReplace([file], somebody(true).ask)).toEqual([file]);
  });

  it('it asks about all that may be written, once', async () => {
    const beside = join(folder, 'drawbridge-slack.yaml');
    writeFileSync(beside, 'mine');
    const yes = somebody(true);
    expect(await mayReplace([file, join(folder, 'not-there'), beside], yes.ask)).toEqual([file, beside]);
    expect(yes.asked).toEqual([
      `There already: ${file}, ${beside}. Once all is answered, write over those of them that are needed?`,
    ]);
    const refused = await mayReplace([file, beside], somebody(false).ask).catch((error: unknown) => error);
    expect((refused as JitError).sentence).toContain('nothing was written: move them away');
  });

  it('it asks nothing where none is', async () => {
    const { ask, asked } = somebody(false);
    expect(await mayReplace([join(folder, 'other.yaml')], ask)).toEqual([]);
    expect(asked).toEqual([]);
  });
});
