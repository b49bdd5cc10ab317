import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { holds, SEED } from './hold.ts';
import { mutatedText, textEdits } from './mutate.ts';

const COMMANDS = [
  'request api-1 ssh, 3389 for 2h from 203.0.113.7 because of a test',
  'revoke k7m3q9w because it is over',
  'close all confirm 4711 because of a fire',
  'protect api-1 22 from 203.0.113.0/28 or vpn for 3h, 53/udp',
  'restore all everything accepting 0123 confirm 4711',
  'why api-1 22 from 2001:db8::1',
  'approve api-1',
];
const VERBS = [
  'start',
  'check',
  'protect',
  'unprotect',
  'list',
  'revoke',
  'close',
  'doctor',
  'why',
  'lockdowns',
  'consent',
  'restore',
  'machines',
];

it(`words are a command, or refused (seed ${SEED})`, async () => {
  const words = fc.oneof(
    fc.constantFrom(...COMMANDS).chain((text) => mutatedText(text)),
    fc.tuple(fc.constantFrom(...COMMANDS), textEdits()).map(([text, edit]) => edit(text.repeat(400))),
  );
  await holds('words of commands', words, { usual: 300, long: 10_000 }, (text) => {
    try {
      parseCommand(text, new Map());
    } catch (error) {
      expect(error).toBeInstanceOf(JitError);
    }
  });
});

it(`the command line ends with 0, 1 or 2, and a line that tells why (seed ${SEED})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-fuzz-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const jit = (words: readonly string[]) =>
    new Promise<{ readonly code: unknown; readonly error: string }>((resolve) => {
      const env = { PATH: process.env.PATH };
      execFile(process.execPath, [JIT, ...words], { cwd: folder, env, timeout: 60_000 }, (failure, _, error) =>
        resolve({ code: failure ? (failure.code ?? failure.signal) : 0, error }),
      );
    });
  // No program takes a NUL in its arguments.
  const word = fc.oneof(
    fc.constantFrom(
      '-c',
      '--config',
      '--offline',
      '--',
      '--from',
      '-',
      '',
      'all',
      '../../x',
      'drawbridge.yaml',
      '/dev/null',
      folder,
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constant('x'.repeat(50_000)),
  );
  const line = fc
    .tuple(fc.constantFrom(...VERBS), fc.array(word, { maxLength: 4 }))
    .map(([verb, more]) => [verb, ...more].map((one) => one.replaceAll('\0', '')));
  await holds('the command line', line, { usual: 2, long: 50 }, async (words) => {
    const { code, error } = await jit(words);
    expect([0, 1, 2]).toContain(code);
    expect(error).not.toMatch(/^ {4}at /m);
    expect(error).not.toContain('Something went wrong inside');
    if (code !== 0) expect(error.trim()).not.toBe('');
  });
});
