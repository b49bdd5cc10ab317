import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained } from '../../../src/core/evidence/chain.ts';
import { introducedText } from '../../../src/core/evidence/key-times.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { recordsName } from '../../../src/core/evidence/names.ts';
import { noteVerifier } from '../../../src/core/evidence/note.ts';
import { receiptOf, receiptState } from '../../../src/core/evidence/receipt.ts';
import { retainedText, retentionNote } from '../../../src/core/evidence/retained.ts';
import { ocsfOf, rowIn, rowOf } from '../../../src/core/evidence/row.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { EPOCH, entry, signedHead, signerOf, VERIFIERS } from './chain.ts';

/*
 * Whoever can write to Redis writes records as they like, each with its right hash, and Drawbridge chains and signs them: what they say has
 * to be read as everybody else reads it.
 */

const DAY_MS = 86_400_000;
const LEASE = {
  request: 'k7m3q9x',
  version: 7,
  proof: ['22 closed'],
  machine: 'aws:123456789012:eu-west-1:i-0' as MachineId,
};
const OTHER = { ...LEASE, request: 'k7m3q9y' };

/** A record as it stands in the store, and how many days after the beginning. */
type Stored = readonly [day: number, record: string];

const own = (more: Partial<AuditEntry>) => recordOf(entry(1, { by: 'drawbridge', ...more }), () => 'salt').record;
const said = (more: Partial<AuditEntry>, day = 0): Stored => [day, own(more)];
const closed = (about: typeof LEASE, of = about) =>
  own({
    ...{ event: 'closed', ...about },
    receipt: receiptOf(signerOf(), { ...of, installation: 'demo', at: EPOCH }),
  });

function verdict(all: readonly Stored[], skip = 0, verifiers = VERIFIERS) {
  const records = all.map(([day, record], i) => {
    const hash = createHash('sha256').update(record).digest('base64url');
    return { epoch: EPOCH, sequence: i + 1, at: EPOCH + day * DAY_MS, record, people: '{}', hash };
  });
  const links = chained(BEGINNING, records);
  const verification = new Verification({
    verifiers,
    receipt: (facts) => receiptState(facts, verifiers),
  });
  const [first] = links.slice(skip);
  const name = recordsName(first?.index ?? 0, new Date(first?.at ?? 0).toISOString().slice(0, 10));
  const lines = links.slice(skip).flatMap((link) => [lineOf(link), noteLine(signedHead(link))]);
  for (const [i, line] of lines.entries()) verification.take(Buffer.from(line), name, i + 1);
  return verification.verdict([name]);
}

const found = (...all: Parameters<typeof verdict>) => verdict(...all).faults.map(({ what, index }) => [what, index]);

describe('a receipt that somebody wrote', () => {
  it('is counted where Drawbridge gave it', () => {
    expect(verdict([[0, closed(LEASE)]])).toMatchObject({ faults: [], receipts: 1 });
  });

  it.each([
    ['of another access', (record: string) => record],
    ['with a space before it', (record: string) => record.replace('"receipt":{', '"receipt": {')],
    ['with a letter of its name written otherwise', (record: string) => record.replace('"receipt"', '"rec\\u0065ipt"')],
    ['twice, the right one first', (record: string) => closed(OTHER).slice(0, -1) + record.replace('{', ',')],
    ['that is no object', (record: string) => record.replace(/"receipt":\{[^}]*\}/, '"receipt":"k7m3q9y"')],
    ['that is a list', (record: string) => record.replace(/"receipt":(\{[^}]*\})/, '"receipt":[$1]')],
  ])('%s counts for nothing', (_, change) => {
    const record = change(closed(OTHER, LEASE));
    expect(JSON.parse(record)).toHaveProperty('receipt');
    expect(verdict([[0, record]])).toMatchObject({ receipts: 0, faults: [{ what: 'receipt', index: 1 }] });
  });
});

describe('a record', () => {
  it.each(['no JSON', '7', '[]', 'null', '"x"'])('that is %s is none of Drawbridge’s', (record) => {
    expect(found([said({}), [0, record]])).toEqual([['changed', 2]]);
  });

  const key = (fill: number, day: number) =>
    said({ event: 'audit key', why: introducedText(signerOf(fill).vkey) }, day);

  it('that introduces a key does so however it is written', () => {
    const both = [7, 8].flatMap((fill) => noteVerifier(signerOf(fill).vkey) ?? []);
    const [day, text] = key(8, 1);
    const spaced: Stored = [day, text.replace('"event":"', '"event" : "')];
    for (const second of [key(8, 1), spaced])
      expect(found([key(7, 0), second, said({}, 3)], 0, both)).toEqual([['signature', 3]]);
  });

  it('that introduces a key that nobody was given ends the time of no other, and is told', () => {
    const { faults, remarks } = verdict([key(7, 0), key(66, 1), said({}, 3), said({}, 300)]);
    expect([faults, remarks]).toEqual([
      [],
      [
        expect.stringMatching(
          /^record 2 introduces a key that is not known here, drawbridge\/demo\+.*: name it \(--key\)/,
        ),
      ],
    ]);
  });
});

describe('an entry that says what was deleted', () => {
  const old = [0, 1, 2, 3].map((day) => said({}, day));
  const retain = (day: number, days: number, begins = 3, signer = signerOf()) => {
    const what = { installation: 'demo', sink: 'files', begins, days, at: EPOCH + day * DAY_MS };
    return said({ event: 'retain', why: retainedText(what), retention: retentionNote(signer, what) }, day);
  };
  const missing = [['missing', 1]];

  it('is believed of what is as old as it says, and is told', () => {
    const { faults, remarks } = verdict([...old, retain(402, 400)], 2);
    expect([faults, remarks]).toEqual([
      [],
      ['records 1 to 2 are not here: record 5 says that they were deleted, older than 400 days'],
    ]);
    expect(found([...old, retain(402, 400)], 3)).toEqual(missing);
  });

  it.each([
    ['of what is younger', retain(401.5, 400)],
    ['of the same day', retain(3, 400)],
    ['without an age', said({ event: 'retain', why: 'files: records before 3 were deleted, older than days' }, 900)],
  ])('%s is not believed', (_, entry) => {
    expect(found([...old, entry], 2)).toEqual(missing);
  });

  it.each([
    ['that nobody signed', said({ event: 'retain', why: retainedText({ sink: 'files', begins: 3, days: 400 }) }, 402)],
    ['that somebody else signed', retain(402, 400, 3, signerOf(9))],
    ['of a time that is still to come, with what was signed of before', [9_000, retain(3, 400)[1]] as const],
  ])('%s is not believed', (_, entry) => {
    expect(found([...old, entry], 2)).toEqual(missing);
  });

  it('says that nobody signed it', () => {
    const unsigned = said({ event: 'retain', why: retainedText({ sink: 'files', begins: 3, days: 400 }) }, 402);
    expect(verdict([...old, unsigned], 2).faults[0]?.say).toMatch(
      /^records 1 to 2 are missing before this line, and record 5 says that they were deleted after their time, which no key that is known signed/,
    );
  });

  it('is not believed of what is too young, though another one is of less', () => {
    const [fault] = verdict([...old, retain(402, 400, 2), retain(402.5, 401, 3)], 2).faults;
    expect(fault?.say).toBe(
      'records 1 to 2 are missing before this line, and record 6 says that they were deleted after their time, for which the next ones are too young',
    );
  });
});

describe('a record that nobody can read', () => {
  const right = { epoch: 7, sequence: 3, index: 2, at: EPOCH, ...recordOf(entry(1), () => 'salt') };
  it.each([
    ['no JSON', { record: 'no JSON' }],
    ['people that are none', { people: '[' }],
    ['an instant that no calendar has', { record: '{"event":"opened","until":1e99}' }],
  ])('holds up nothing that goes to a SIEM, and is none in an export: %s', (_, changed) => {
    const row = rowOf({ ...right, ...changed });
    expect(row).toMatchObject({ uid: '7-3', index: 2, event: 'unreadable', outcome: 'failed', hash: right.hash });
    expect(ocsfOf(row)).toMatchObject({ status_id: 2, severity_id: 3, message: row.why });
    expect(rowIn({ ...right, ...changed }, () => undefined)).toBeUndefined();
  });
});
