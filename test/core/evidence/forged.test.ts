import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained, type Link } from '../../../src/core/evidence/chain.ts';
import { headText } from '../../../src/core/evidence/head.ts';
import { introducedText } from '../../../src/core/evidence/key-times.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { noteSigner, noteVerifier } from '../../../src/core/evidence/note.ts';
import { receiptOf, receiptState } from '../../../src/core/evidence/receipt.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, entry, signerOf } from './chain.ts';

const DAY = 86_400_000;
const [older, newer] = [signerOf(7), signerOf(8)];
const prod = noteSigner('drawbridge/prod', Buffer.alloc(32, 9).toString('base64')) ?? older;
type Signer = typeof older;
const verifiers = [older, newer, prod].flatMap(({ vkey }) => noteVerifier(vkey) ?? []);
const about = {
  request: 'k7m3q9x',
  version: 7,
  proof: ['22 closed'],
  machine: 'aws:123456789012:eu-west-1:i-0',
} as const;

/** Days after the beginning, and what it says. */
type Said = readonly [day: number, more: Partial<AuditEntry>];

const key = (signer: Signer): Partial<AuditEntry> => ({ event: 'audit key', why: introducedText(signer.vkey) });
const closed = (signer: Signer, day: number, installation = 'demo') =>
  ({
    event: 'closed',
    ...about,
    receipt: receiptOf(signer, { ...about, installation, at: EPOCH + day * DAY }),
  }) as Partial<AuditEntry>;

function chain(all: readonly Said[]): readonly Link[] {
  const records = all.map(([day, more], i) => {
    const own = recordOf(entry(i + 1, more), () => `salt-${i}`);
    return { epoch: EPOCH, sequence: i + 1, at: EPOCH + day * DAY, ...own };
  });
  return chained(BEGINNING, records);
}

function head({ index, head: own, epoch, sequence, at }: Link, signer: Signer, installation = 'demo'): string {
  return signer.sign(headText({ installation, index, head: own, epoch, sequence, at }));
}

/** A record a line, each with a head by this key behind it. */
function file(links: readonly Link[], signerAt: (index: number) => Signer | undefined, installation = 'demo') {
  return links.flatMap((link) => {
    const signer = signerAt(link.index);
    return [lineOf(link), ...(signer ? [noteLine(head(link, signer, installation))] : [])];
  });
}

function verdict(lines: readonly string[], anchors: ReadonlyMap<number, string> = new Map()) {
  const verification = new Verification({
    ...{ verifiers, anchors },
    receipt: (facts) => receiptState(facts, verifiers),
  });
  for (const [i, line] of lines.entries())
    verification.take(
      Buffer.from(line),
      `audit-000000000001-${new Date(EPOCH).toISOString().slice(0, 10)}.jsonl`,
      i + 1,
    );
  return verification.verdict();
}
const found = (lines: readonly string[], anchors?: ReadonlyMap<number, string>) =>
  verdict(lines, anchors).faults.map(({ what, index, say }) => [what, index, say]);

describe('whoever found a key that was replaced', () => {
  const rotated: readonly Said[] = [
    [0, key(older)],
    [1, key(newer)],
  ];
  const replaced = 'signed by a key that was replaced at record 2';

  it('makes no receipt that counts, also in a chain that is right', () => {
    const links = chain([...rotated, [9, closed(older, 9)], [9, closed(newer, 9)], [9, closed(older, 0.5)]]);
    expect(found(file(links, (n) => (n < 2 ? older : newer)))).toEqual([
      ['receipt', 3, `the receipt in record 3 is ${replaced}`],
      ['receipt', 5, `the receipt in record 5 is ${replaced}`],
    ]);
  });

  it('keeps what it was given in its time, and for the day in which processes are restarted', () => {
    const links = chain([
      [0, key(older)],
      [0.5, closed(older, 0.5)],
      [1, key(newer)],
      [1.9, closed(older, 1.9)],
    ]);
    const { faults, receipts } = verdict(file(links, (n) => (n < 3 ? older : newer)));
    expect([faults, receipts]).toEqual([[], 2]);
  });

  it('takes it up again by no record of theirs', () => {
    const links = chain([...rotated, [5, key(older)], [6, closed(older, 6)]]);
    expect(found(file(links, (n) => (n === 2 ? newer : older)))).toEqual([
      ['signature', 3, `the head of record 3 is ${replaced}`],
      ['receipt', 4, `the receipt in record 4 is ${replaced}`],
      ['signature', 4, `the head of record 4 is ${replaced}`],
    ]);
  });
});

describe('two installations', () => {
  const links = chain([
    [0, key(newer)],
    [1, closed(newer, 1)],
    [2, {}],
  ]);

  it('in one place are told apart, though both of their keys are known', () => {
    const other = chain([
      [0, key(prod)],
      [1, { words: 'other' }],
      [2, {}],
    ]);
    const both = [...file(links, () => newer), ...file(other, () => prod, 'prod')];
    const kinds = found(both).map(([what]) => what);
    expect(kinds).toEqual(expect.arrayContaining(['reordered', 'signature']));
  });

  it('give each other no head and no receipt', () => {
    expect(found(file(links, () => prod))).toEqual(
      [1, 2, 3].map((n) => [
        'signature',
        n,
        `the head of record ${n} is of installation demo, and is signed by a key of another one`,
      ]),
    );
    const lent = chain([
      [0, key(newer)],
      [1, closed(prod, 1)],
      [1, closed(prod, 1, 'prod')],
    ]);
    expect(found(file(lent, () => newer))).toEqual([
      ['receipt', 2, 'the receipt in record 2 is of installation demo, and is signed by a key of another one'],
      ['receipt', 3, 'the receipt in record 3 is of installation prod, and the records are of demo'],
    ]);
  });
});

describe('a record that was replaced, with all behind it chained anew', () => {
  const said: readonly Said[] = [
    [0, key(newer)],
    [1, { words: 'by ada' }],
    [2, {}],
    [3, {}],
  ];
  const right = chain(said);
  const forged = chain(said.map((one, i) => (i === 1 ? [1, { words: 'by eve' }] : one)));

  it('is found by the signed heads, up to the last of them', () => {
    const lines = forged.flatMap((link, i) => [lineOf(link), noteLine(head(right[i] ?? link, newer))]);
    expect(found(lines)).toEqual(
      [2, 3, 4].map((n) => [
        'signature',
        n,
        `the records up to ${n} do not lead to the head that was signed: they were changed and chained anew, after record 1`,
      ]),
    );
  });

  it('and signed anew by somebody with the key, is found by a head that was kept elsewhere, and by nothing else', () => {
    const lines = file(forged, () => newer);
    expect(found(lines)).toEqual([]);
    const anchored = new Map([[3, right[2]?.head ?? '']]);
    expect(found(lines, anchored)).toEqual([
      ['changed', 3, 'the records up to 3 do not lead to the head that was kept elsewhere'],
    ]);
  });

  it('with its heads taken away counts for nothing: what is not signed is not proven', () => {
    const { faults, signed } = verdict(file(forged, (n) => (n === 1 ? newer : undefined)));
    expect([faults, signed]).toEqual([[], 1]);
    expect(found(file(forged, () => undefined)).map(([what]) => what)).toEqual(['signature']);
  });
});

describe('an end that was cut off', () => {
  const links = chain([
    [0, key(newer)],
    [1, {}],
    [2, {}],
    [3, {}],
  ]);

  it('shows by a head from elsewhere alone', () => {
    const cut = file(links.slice(0, 2), () => newer);
    expect(verdict(cut)).toMatchObject({ faults: [], anchored: 0 });
    expect(found(cut, new Map([[4, links[3]?.head ?? '']]))).toEqual([
      ['missing', 4, 'the chain does not go as far as record 4, whose head was kept elsewhere: its end was cut off'],
    ]);
  });
});
