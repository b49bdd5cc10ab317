import { describe, expect, it } from 'vitest';
import { chained, type Link } from '../../../src/core/evidence/chain.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, lines, placed, signedHead, signerOf, VERIFIERS } from './chain.ts';

function verify(all: readonly string[], more: Partial<ConstructorParameters<typeof Verification>[0]> = {}) {
  const verification = new Verification({ verifiers: VERIFIERS, ...more });
  all.forEach((line, i) => {
    verification.take(Buffer.from(line), 'audit.jsonl', i + 1);
  });
  return verification.verdict();
}

const found = (all: readonly string[]) => verify(all).faults.map(({ what, index, line }) => [what, index, line]);

/** Where a record stands: a head is behind each ten. */
const lineFor = (index: number) => index + Math.floor((index - 1) / 10);

describe('a chain of records', () => {
  it('verifies as it was written: all of it is covered by signed heads', () => {
    const { lines: all, links } = lines(25);
    expect(verify(all)).toMatchObject({
      ...{ records: 25, first: 1, signed: 25, faults: [], remarks: [], erased: 0 },
      end: { index: 25, head: links.at(-1)?.head },
    });
    expect([...verify(all).keys]).toEqual([signerOf().vkey]);
  });

  it.each([
    ['its record', (line: string) => line.replace('"web-7', '"web-8')],
    ['its time', (line: string) => line.replace(`"at":${EPOCH + 7}`, `"at":${EPOCH + 6}`)],
    ['its sequence', (line: string) => line.replace('"seq":7', '"seq":8')],
    ['its hash', (line: string) => line.replace(/"hash":"./, '"hash":"_')],
    ['what it says of a person', (line: string) => line.replace('Ada', 'Eve')],
  ])('pinpoints the one record that was changed: %s', (_, change) => {
    const { lines: all } = lines(25);
    const at = lineFor(7) - 1;
    const changed = all.with(at, change(all[at] ?? ''));
    expect(changed[at]).not.toBe(all[at]);
    expect(found(changed)).toEqual([['changed', 7, at + 1]]);
  });

  it.each(['i', 'epoch', 'seq', 'at'])(
    'names a line with a number that none can have (%s), first in its file or not',
    (field) => {
      const { lines: all } = lines(25);
      for (const at of [0, lineFor(7) - 1]) {
        const verification = new Verification({ verifiers: VERIFIERS });
        const damaged = all.with(
          at,
          (all[at] ?? '').replace(new RegExp(`"${field}":\\d+`), `"${field}":9${'0'.repeat(20)}`),
        );
        damaged.forEach((line, i) => {
          verification.take(Buffer.from(line), 'audit-000000000001-2025-11-24.jsonl', i + 1);
        });
        expect(verification.verdict().faults).toContainEqual(
          expect.objectContaining({ what: 'damaged', line: at + 1 }),
        );
      }
    },
  );

  it('pinpoints a record that was taken out, and several', () => {
    const { lines: all } = lines(25);
    expect(found(all.toSpliced(lineFor(7) - 1, 1))).toEqual([
      ['missing', 7, lineFor(7)],
      ['missing', 1, lineFor(1)],
      ['missing', 8, lineFor(7)],
    ]);
    expect(verify(all.toSpliced(lineFor(4) - 1, 3)).faults).toMatchObject([
      { what: 'missing', say: 'records 4 to 6 are missing before this line' },
      { what: 'missing', say: expect.stringMatching(/^nothing proves that records 1 to 3 are as written/) },
      { what: 'missing', say: expect.stringMatching(/^nothing proves that record 7 is as written/) },
    ]);
  });

  it('takes the head of one that is missing from its signed note: the next one follows from that, or was changed', () => {
    const { lines: all, links } = lines(25);
    const without = all.toSpliced(lineFor(10) - 1, 1);
    const saying = (given: readonly string[]) => verify(given).faults.map(({ say }) => say);
    const missing = [
      'record 10 is missing before this line',
      expect.stringMatching(/^nothing proves that records 1 to 9 are as written/),
    ];
    expect(saying(without)).toEqual(missing);
    const at = lineFor(11) - 2;
    const { record, hash, people } = links[11] as Link;
    const forged = saying(without.with(at, lineOf({ ...(links[10] as Link), record, hash, people })));
    expect(forged).toHaveLength(3);
    expect(forged).toEqual(
      expect.arrayContaining([...missing, expect.stringMatching(/^record 11 does not follow from the one before/)]),
    );
    // Where the note is gone, too, nothing proves the next one either.
    expect(saying(without.toSpliced(lineFor(10) - 1, 1))).toEqual([
      missing[0],
      expect.stringMatching(/^nothing proves that records 1 to 9 are as written/),
      expect.stringMatching(/^nothing proves that record 11 is as written/),
    ]);
  });

  it('names the last one that was signed alone where it alone is missing, and the rest of what was signed where it is', () => {
    const { lines: all } = lines(20);
    const signedOnes = (given: readonly string[]) =>
      verify(given).faults.flatMap(({ say }) => (say.includes('signed, and') ? [say] : []));
    expect(signedOnes(all.toSpliced(lineFor(20) - 1, 1))).toEqual(['record 20 was signed, and is not there']);
    expect(signedOnes(all.toSpliced(lineFor(18) - 1, 3))).toEqual(['records 18 to 20 were signed, and are not there']);
    expect(signedOnes(all.toSpliced(lineFor(10) - 1, 1))).toEqual([]);
  });

  it('pinpoints two records that were put the other way round', () => {
    const { lines: all } = lines(25);
    const [a = '', b = ''] = [all[lineFor(4) - 1], all[lineFor(5) - 1]];
    const swapped = all.with(lineFor(4) - 1, b).with(lineFor(5) - 1, a);
    expect(found(swapped)).toEqual([['reordered', 4, lineFor(5)]]);
  });

  it('finds records that were changed and chained anew, by the signed heads', () => {
    const { lines: all, links } = lines(30);
    const forged = chained(
      { ...links[10], index: 11, head: links[10]?.head ?? '', epoch: EPOCH, sequence: 11 },
      placed(101, 9).map((one, i) => ({ ...one, sequence: 12 + i })),
    );
    const rewritten = [...all.slice(0, lineFor(11)), ...forged.map(lineOf), ...all.slice(lineFor(20))];
    const verdict = verify(rewritten);
    expect(verdict.faults[0]).toMatchObject({ what: 'signature', index: 20 });
    expect(verdict.faults[0]?.say).toContain('after record 10');
  });

  it('takes no signature of another key, and none that was changed', () => {
    const { lines: all, links } = lines(10);
    const [last] = links.slice(-1);
    if (!last) throw new Error('none');
    expect(found(all.with(-1, noteLine(signedHead(last, signerOf(8)))))).toEqual([['signature', 10, 11]]);
    const note = signedHead(last).replace('demo\n10', 'demo\n11');
    expect(found(all.with(-1, noteLine(note)))).toEqual([['signature', 11, 11]]);
  });

  it('finds an end that was cut off only by a head that was kept elsewhere', () => {
    const { lines: all, links } = lines(30);
    const cut = all.slice(0, 11);
    expect(verify(cut)).toMatchObject({ records: 10, faults: [] });
    const anchors = new Map([[20, links[19]?.head ?? '']]);
    expect(verify(cut, { anchors }).faults).toMatchObject([{ what: 'missing', index: 20 }]);
    expect(verify(all, { anchors }).faults).toEqual([]);
    expect(verify(all, { anchors: new Map([[20, 'x']]) }).faults).toMatchObject([{ what: 'changed', index: 20 }]);
  });

  it('finds a line that was cut short, and says of what a head covers that it is not there', () => {
    const { lines: all } = lines(10);
    expect(found(all.with(9, (all[9] ?? '').slice(0, 200)))).toEqual([
      ['damaged', undefined, 10],
      ['missing', 1, 1],
      ['missing', 10, 11],
    ]);
  });

  it('counts what stands there twice once, and begins where older files were deleted', () => {
    const { lines: all } = lines(30);
    const verdict = verify([...all.slice(11), ...all.slice(20, 25)], { isPart: true });
    expect(verdict).toMatchObject({ records: 20, first: 11, faults: [] });
    expect(verdict.remarks).toContain('record 20 stands there twice');
  });

  it('still verifies where what is said of a person was taken away', () => {
    const { lines: all } = lines(10);
    const at = lineFor(7) - 1;
    const line = all[at] ?? '';
    const erased = `${line.slice(0, line.lastIndexOf(',"people":'))},"people":{}}`;
    expect(verify(all.with(at, erased))).toMatchObject({ faults: [], erased: 1 });
  });

  it('says what the store lost, and that another database was begun', () => {
    const { lines: all, links } = lines(5);
    const [end] = links.slice(-1);
    if (!end) throw new Error('none');
    const after = chained(end, [...placed(9, 1), ...placed(1, 1).map((one) => ({ ...one, epoch: EPOCH + 1 }))]);
    const verdict = verify([...all, ...after.map(lineOf)]);
    expect(verdict.faults).toEqual([]);
    expect(verdict.remarks).toEqual([
      'before record 6, the store lost 3 entries before they were chained',
      'at record 7, another database was begun, or it had gone back in time',
    ]);
  });
});
