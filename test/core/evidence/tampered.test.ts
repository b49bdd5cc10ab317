import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained, type Link } from '../../../src/core/evidence/chain.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { recordsName } from '../../../src/core/evidence/names.ts';
import { receiptState } from '../../../src/core/evidence/receipt.ts';
import { retainedText, retentionNote } from '../../../src/core/evidence/retained.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, entry, placed, signedHead, signerOf, VERIFIERS } from './chain.ts';
import {
  type AuditFile,
  anotherTail,
  cutAtTheBeginning,
  cutInLetter,
  DAY_MS,
  doubled,
  emptied,
  filesOf,
  headOf,
  inDay2,
  linksOf,
  missing,
  moved,
  ofAnother,
  otherLetter,
  renamed,
  sayingOf,
  type TextFile,
  twice,
  unknown,
  unsigned,
  withRecord,
} from './tampered-files.ts';

type Checks = Partial<ConstructorParameters<typeof Verification>[0]>;

function verify(files: readonly AuditFile[], more: Checks = {}) {
  const verification = new Verification({
    verifiers: VERIFIERS,
    receipt: (facts) => receiptState(facts, VERIFIERS),
    ...more,
  });
  for (const { name, lines } of files)
    lines.forEach((line, i) => {
      verification.take(Buffer.from(line), name, i + 1);
    });
  return verification.verdict(files.map(({ name }) => name));
}

/** Files that somebody changed, each with what is found. */
const TAMPERED: readonly (readonly [
  what: string,
  change: (files: readonly TextFile[]) => readonly AuditFile[],
  found: readonly (readonly [what: string, index: number | undefined])[],
])[] = [
  ['the first record of a day was moved to the day before', (files) => moved(files, 1, 0, 'last'), [['reordered', 12]]],
  [
    'the last record of a day was moved to the day after',
    (files) => moved(files, 0, 1, 'first'),
    [
      ['reordered', 10],
      ['reordered', 10],
    ],
  ],
  [
    'a record was written twice, the second time with another name',
    (files) => files.map((file) => ({ ...file, lines: [...file.lines, (file.lines[1] ?? '').replace('Ada', 'Eve')] })),
    [2, 12, 22].map((index) => ['changed', index] as const),
  ],
  [
    'two signed heads changed places',
    (files) =>
      files.map((file, i) => ({ ...file, lines: file.lines.with(-1, files[[1, 0, 2][i] ?? i]?.lines.at(-1) ?? '') })),
    [['reordered', 20]],
  ],
  [
    'a signed head of another installation',
    (files) => [...files.slice(0, 2), ofAnother(files[2])],
    [['signature', 30]],
  ],
  [
    'a head of records that never came',
    (files) => [...files, { name: files[2]?.name ?? '', lines: [headOf(50)] }],
    [missing(50)],
  ],
  [
    'a record that is no JSON, with the hash of what it is',
    (files) => withRecord(files, 14, 'no JSON, but "receipt":{ and "event":"retain"'),
    [
      ['changed', 14],
      ['changed', 14],
    ],
  ],
  [
    'a record whose receipt is of no time at all',
    (files) => withRecord(files, 14, '{"receipt":{"at":1e99,"signature":7},"people":{}}'),
    [
      ['changed', 14],
      ['receipt', 14],
    ],
  ],
  ['a file of one day bears the name of another', (files) => renamed(files, 1), [['reordered', 11]]],
  ['the last file was emptied', (files) => emptied(files, 2), [['missing', 21]]],
  ['all files were emptied', (files) => files.map((file) => ({ ...file, lines: [] })), [1, 11, 21].map(missing)],
  ['the first file was taken away', (files) => files.slice(1), [missing(1)]],
  [
    'the first records of the first file were cut off',
    (files) => cutAtTheBeginning(files),
    [['reordered', 4], missing(1)],
  ],
  ['every signed head was taken out', (files) => files.map(unsigned), [['signature', 1]]],
  [
    'another chain goes on behind it',
    (files) => [...files, ...anotherTail(4)],
    [['changed', 31], unknown(50), unknown(50)],
  ],
  ['another chain goes on later', (files) => [...files, ...anotherTail(5)], [unknown(50), missing(31), missing(41)]],
  [
    'a record was written twice, the second time with another one under its head',
    (files) => files.map((file, i) => (i === 1 ? { ...file, lines: doubled(file.lines) } : file)),
    [
      ['reordered', 13],
      ['changed', 13],
    ],
  ],
  [
    'two records of the same length changed places',
    (files) => inDay2(files, (lines) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '')),
    [['reordered', 14]],
  ],
  [
    'a line was cut in the middle of a letter',
    (files) => inDay2(files, (lines) => lines.map((line, i) => (i === 3 ? cutInLetter(line) : line))),
    [['damaged', undefined], missing(14), missing(11), missing(15)],
  ],
  [
    'a file was cut in the middle of a letter',
    (files) => inDay2(files, (lines) => [...lines.slice(0, 3), cutInLetter(lines[3] ?? '')]),
    [['damaged', undefined], missing(14), missing(11), missing(21)],
  ],
  [
    'a byte of a letter of two was changed',
    (files) => inDay2(files, (lines) => lines.map((line, i) => (i === 3 ? otherLetter(line) : line))),
    [['changed', 14]],
  ],
  [
    'the last record was written twice, the second time with another time',
    (files) => twice(files, (line) => line.replace(/"at":(\d+)/, (_, at: string) => `"at":${Number(at) + 1}`)),
    [
      ['reordered', 30],
      ['changed', 30],
    ],
  ],
  [
    'the last record was written twice, the second time with another place',
    (files) => twice(files, (line) => line.replace('"seq":30', '"seq":31')),
    [
      ['reordered', 30],
      ['changed', 30],
    ],
  ],
  ['a file in the middle was emptied', (files) => emptied(files, 1), [missing(11), missing(21), missing(11)]],
  [
    'the line ends became those of another system',
    (files) => files.map((file) => ({ ...file, lines: file.lines.map((line) => `${line}\r`) })),
    Array.from({ length: 33 }, () => ['damaged', undefined] as const),
  ],
  [
    'a byte order mark was set before it',
    (files) =>
      files.map((file, i) => (i === 0 ? { ...file, lines: file.lines.with(0, `\ufeff${file.lines[0]}`) } : file)),
    [['damaged', undefined], missing(1)],
  ],
  [
    'numbers were written otherwise',
    (files) => inDay2(files, (lines) => lines.map((line) => line.replace('"seq":1', '"seq":01'))),
    [...Array.from({ length: 9 }, () => ['damaged', undefined] as const), missing(11), missing(20)],
  ],
  [
    'something else was said of a person before what was',
    (files) => inDay2(files, (lines) => lines.with(3, sayingOf(lines[3] ?? '', '"ada":"x",'))),
    [['changed', 14]],
  ],
  [
    'something was said of somebody else',
    (files) => inDay2(files, (lines) => lines.with(3, sayingOf(lines[3] ?? '', '"bob":"x",'))),
    [['changed', 14]],
  ],
  [
    'something was written behind a signed head',
    (files) => inDay2(files, (lines) => lines.map((line) => line.replace(/^(\{"note".*)\}$/, '$1,"note2":1}'))),
    [['damaged', undefined]],
  ],
];

describe('audit files that somebody changed', () => {
  it.each(TAMPERED)('%s', (_, change, found) => {
    const { faults } = verify(change(filesOf(3)));
    expect(faults.map(({ what, index }) => [what, index])).toEqual(found);
  });

  it('verify where nobody did', () => {
    expect(verify(filesOf(3))).toMatchObject({ records: 30, signed: 30, faults: [], remarks: [] });
  });

  it('takes what was deleted after its time for that, where an entry says so', () => {
    const retain = (begins: number, days = 1) => {
      const what = { installation: 'demo', sink: 'files', begins, days, at: EPOCH + 2 * DAY_MS };
      const told = { why: retainedText(what), retention: retentionNote(signerOf(), what) };
      const said = entry(30, { event: 'retain', by: 'configuration', machineName: 'x', ...told });
      const all = placed(1, 30).map((one, i) => ({ ...one, at: EPOCH + Math.floor(i / 10) * DAY_MS }));
      const links = chained(BEGINNING, all.with(29, { ...(all[29] as Link), ...recordOf(said, () => 'salt') }));
      return filesOf(3, links).slice(1);
    };
    expect(verify(retain(11)).faults).toEqual([]);
    expect(verify(retain(11)).remarks).toEqual([
      'records 1 to 10 are not here: record 30 says that they were deleted, older than 1 days',
    ]);
    // Killed before all of it was deleted.
    expect(verify(retain(21)).faults).toEqual([]);
    expect(verify(retain(10)).faults).toMatchObject([{ what: 'missing', index: 1 }]);
    expect(verify(retain(11, 400)).faults).toMatchObject([{ what: 'missing', index: 1 }]);
    expect(verify(filesOf(3).slice(1), { isPart: true }).faults).toEqual([]);
  });

  it('takes an empty file that a crash left beside one of the same record', () => {
    const files = filesOf(3);
    const empty = { name: recordsName(21, '2099-01-01'), lines: [] };
    expect(verify([...files, empty]).faults).toEqual([]);
  });

  it('wants heads behind what was written, but for a batch that a crash cut short', () => {
    const links = linksOf(620);
    const [first = '', ...rest] = links.map(lineOf);
    const head = (n: number) => noteLine(signedHead(links[n - 1] as Link));
    const file = (signed: number) => [{ name: 'audit.jsonl', lines: [first, ...rest, head(signed)] }];
    expect(verify(file(120)).faults).toEqual([]);
    expect(verify(file(119)).faults).toMatchObject([{ what: 'signature', index: 120 }]);
  });

  it('says of a head that was kept elsewhere that its record was taken out, where the chain goes on', () => {
    const files = filesOf(3).map((file) => ({
      ...file,
      lines: file.lines.filter((line) => !line.startsWith('{"i":15,')),
    }));
    const anchors = new Map([15, 20].map((index) => [index, linksOf(20)[index - 1]?.head ?? '']));
    const { faults, anchored } = verify(files, { anchors });
    expect(faults.map(({ say }) => say)).toEqual([
      'record 15 is missing before this line',
      // The next one follows from the head that was kept.
      expect.stringMatching(/^nothing proves that records 11 to 14 are as written/),
      'record 15, whose head was kept elsewhere, is not there',
    ]);
    expect(anchored).toBe(20);
  });

  it('says that a clock went back, and how many faults and remarks there are besides', () => {
    const back = placed(1, 30).map((one, i) => ({ ...one, at: EPOCH + (i < 20 ? DAY_MS : 0) }));
    const own = chained(BEGINNING, back);
    const all = [...own.map(lineOf), noteLine(signedHead(own.at(-1) as Link))];
    const { faults, remarks } = verify([{ name: 'audit.jsonl', lines: all }]);
    expect([faults, remarks]).toEqual([
      [],
      [expect.stringMatching(/^at record 21, the clock went back from 2025-11-25T/)],
    ]);
    const damaged = Array.from({ length: 130 }, () => 'x');
    const twice = Array.from({ length: 25 }, () => all[0] ?? '');
    const many = verify([{ name: 'audit.jsonl', lines: [...all.slice(0, 1), ...twice, ...all.slice(1), ...damaged] }]);
    expect([many.faults.length, many.unlisted]).toEqual([100, { faults: 30, remarks: 6 }]);
  });

  it('says of a head that was kept elsewhere that it is of it is of what is not there any more', () => {
    const files = filesOf(3);
    const anchors = new Map([[10, linksOf(10)[9]?.head ?? '']]);
    const { faults, remarks } = verify(files.slice(1), { anchors, isPart: true });
    expect([faults, remarks]).toEqual([[], ['the head of record 10 was kept elsewhere, and is before these files']]);
  });
});
