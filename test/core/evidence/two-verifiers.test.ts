import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEGINNING, chained } from '../../../src/core/evidence/chain.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { recordsName } from '../../../src/core/evidence/names.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { often } from '../../setup/lane.ts';
import { EPOCH, placed, signedHead, signerOf, VERIFIERS } from './chain.ts';
import { type AuditFileText, notWhole } from './second-verifier.ts';

const DAY_MS = 86_400_000;
const EACH = 4;

/** Three days of four records, with the head of each day behind them. */
const FILES: readonly AuditFileText[] = filesOf();

function filesOf(): readonly AuditFileText[] {
  const own = placed(1, 3 * EACH).map((one, i) => ({ ...one, at: EPOCH + Math.floor(i / EACH) * DAY_MS }));
  const links = chained(BEGINNING, own);
  return [0, 1, 2].map((day) => {
    const some = links.slice(day * EACH, day * EACH + EACH);
    const [first, last] = [some[0], some.at(-1)];
    if (!first || !last) throw new Error('none');
    const lines = [...some.map(lineOf), noteLine(signedHead(last))];
    return { name: recordsName(first.index, new Date(first.at).toISOString().slice(0, 10)), lines };
  });
}

type Change = (files: readonly AuditFileText[]) => readonly AuditFileText[];
const onLines =
  (file: number, change: (lines: readonly string[]) => readonly string[]): Change =>
  (files) =>
    files.map((own, i) => (i === file ? { ...own, lines: change(own.lines) } : own));

const file = fc.nat(2);
const line = fc.nat(EACH);
const letter = fc.constantFrom('0', '1', '9', 'A', 'b', '_', '"', '}', ' ', '\\', 'é');

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(file, line).map(([f, n]) => onLines(f, (lines) => lines.filter((_, i) => i !== n))),
  fc
    .tuple(file, line, fc.nat(2_000), letter)
    .map(([f, n, at, one]) =>
      onLines(f, (lines) => lines.map((own, i) => (i === n ? changedAt(own, at % own.length, one) : own))),
    ),
  fc.tuple(file, line, file, line).map(
    ([f, n, g, m]): Change =>
      (files) => {
        const moved = files[f]?.lines[n];
        const without = onLines(f, (lines) => lines.filter((_, i) => i !== n))(files);
        return moved === undefined ? files : onLines(g, (lines) => lines.toSpliced(m, 0, moved))(without);
      },
  ),
  fc.tuple(file, line, file, line).map(
    ([f, n, g, m]): Change =>
      (files) => {
        const copied = files[f]?.lines[n];
        return copied === undefined ? files : onLines(g, (lines) => lines.toSpliced(m, 0, copied))(files);
      },
  ),
  // Again, with another time or place: a number that nothing else is to be compared with.
  fc
    .tuple(file, line, fc.constantFrom('epoch', 'seq', 'at'))
    .map(([f, n, field]) =>
      onLines(f, (lines) => [...lines, (lines[n] ?? '').replace(new RegExp(`"${field}":`), '$&1')]),
    ),
  fc.tuple(file, fc.nat(EACH + 1)).map(([f, n]) => onLines(f, (lines) => lines.slice(0, n))),
  fc
    .tuple(file, line, fc.nat(2_000))
    .map(([f, n, at]) => onLines(f, (lines) => lines.map((own, i) => (i === n ? own.slice(0, at % own.length) : own)))),
  fc.tuple(file, file).map(
    ([f, g]): Change =>
      (files) => {
        const [a, b] = [files[f], files[g]];
        if (!a || !b) return files;
        return files.map((own, i) =>
          i === f ? { ...own, lines: b.lines } : i === g ? { ...own, lines: a.lines } : own,
        );
      },
  ),
  fc
    .tuple(file, line)
    .map(([f, n]) =>
      onLines(f, (lines) =>
        lines.map((own, i) => (i === n ? own.replace(/"people":\{[^{}]*\}\}$/, '"people":{}}') : own)),
      ),
    ),
  file.map(
    (f): Change =>
      (files) =>
        files.filter((_, i) => i !== f),
  ),
);

function changedAt(text: string, at: number, letter: string): string {
  return `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
}

function faultsOf(files: readonly AuditFileText[]) {
  const verification = new Verification({ verifiers: VERIFIERS });
  for (const { name, lines } of files)
    lines.forEach((own, i) => {
      verification.take(Buffer.from(own), name, i + 1);
    });
  return verification.verdict(files.map(({ name }) => name));
}

describe('a second verifier, made from the documentation alone', () => {
  it('agrees that what nobody changed is whole', () => {
    expect(notWhole(FILES, signerOf().vkey)).toBeUndefined();
    expect(faultsOf(FILES).faults).toEqual([]);
  });

  it('agrees on whatever somebody did to the files', () => {
    fc.assert(
      fc.property(fc.array(changes, { minLength: 1, maxLength: 3 }), (some) => {
        const files = some.reduce((all, change) => change(all), FILES);
        const [own, { faults, records }] = [notWhole(files, signerOf().vkey), faultsOf(files)];
        // Of no records at all the command says that there are none.
        fc.pre(records > 0);
        expect([own, faults.map(({ say }) => say)]).toEqual(
          own === undefined ? [undefined, []] : [own, expect.arrayContaining([expect.any(String)])],
        );
      }),
      { numRuns: often(1_000, 60_000) },
    );
  });
});
