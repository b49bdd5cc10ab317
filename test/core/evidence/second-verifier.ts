import { createHash, createPublicKey, verify } from 'node:crypto';

/*
 * A verifier of audit files that shares no code with Drawbridge: from docs/audit.md and the C2SP signed-note that it names, in plain Node.
 * It says whether all is there, in order, and as it was written, and no more.
 */

export interface AuditFileText {
  readonly name: string;
  readonly lines: readonly string[];
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('base64url');
const MOST_UNSIGNED = 500;

/** Why it is not whole; undefined where it is. */
export function notWhole(files: readonly AuditFileText[], vkey: string): string | undefined {
  const heads = new Map<number, string>();
  const seen = new Map<number, string>();
  let [last, signed] = [0, 0];
  for (const { name, lines } of files) {
    const [, first, day] = /^audit-(\d+)-(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name) ?? [];
    let hasRecord = false;
    for (const line of lines) {
      const note = noteIn(line);
      if (note !== undefined) {
        const said = headIn(note, vkey);
        if (!said) return `a head that is not signed: ${name}`;
        if (heads.get(said.index) !== said.head) return `head ${said.index} is of nothing before it`;
        signed = Math.max(signed, said.index);
        continue;
      }
      const own = recordIn(line);
      if (!own) return `a line that is none: ${name}`;
      if (!hasRecord && (Number(first) !== own.i || new Date(own.at).toISOString().slice(0, 10) !== day))
        return `record ${own.i} does not begin ${name}`;
      hasRecord = true;
      if (!arePeopleRight(own)) return `what record ${own.i} says of people`;
      if (seen.get(own.i) === placeText(own) && sha256(own.record) === own.hash) continue;
      const before = own.i === 1 ? 'A'.repeat(43) : heads.get(own.i - 1);
      if (own.i !== last + 1 || before === undefined) return `record ${own.i} comes behind record ${last}`;
      if (sha256(own.record) !== own.hash) return `record ${own.i} is not what was hashed`;
      if (sha256(`${before}\n${own.epoch}-${own.seq}\n${own.at}\n${own.hash}`) !== own.head)
        return `record ${own.i} does not follow`;
      heads.set(own.i, own.head);
      seen.set(own.i, placeText(own));
      last = own.i;
    }
    if (!hasRecord) return `${name} has no record`;
  }
  if (last === 0) return 'there is nothing';
  return signed === 0 || last - signed > MOST_UNSIGNED ? 'nothing signed covers the end' : undefined;
}

interface RecordText {
  readonly [field: string]: unknown;
  readonly i: number;
  readonly epoch: number;
  readonly seq: number;
  readonly at: number;
  readonly hash: string;
  readonly head: string;
  readonly record: Buffer;
  readonly people: Readonly<Record<string, unknown>>;
}

/** All that stands before the record: what comes twice must be the same. */
function placeText({ epoch, seq, at, hash, head }: RecordText): string {
  return [epoch, seq, at, hash, head].join();
}

/** The record is so many bytes as the line says; the rest of the line is JSON around it. */
function recordIn(line: string): RecordText | undefined {
  const bytes = Buffer.from(line);
  const [start = ''] =
    /^\{"i":\d+,"epoch":\d+,"seq":\d+,"at":\d+,"hash":"[^"]*","head":"[^"]*","bytes":\d+,"record":/.exec(line) ?? [];
  if (start === '') return undefined;
  try {
    const place = JSON.parse(`${start}0}`) as RecordText & { readonly bytes: number };
    const end = start.length + place.bytes;
    const rest = JSON.parse(`{"record":0${bytes.toString('utf8', end)}`) as RecordText;
    if (Object.keys(rest).join() !== 'record,people') return undefined;
    // Letter for letter as it is written: of what stands there twice, readers take one or the other.
    if (bytes.toString('utf8', end) !== `,"people":${JSON.stringify(rest.people)}}`) return undefined;
    return { ...place, record: bytes.subarray(start.length, end), people: rest.people };
  } catch {
    return undefined;
  }
}

/** Each part is what the record has the hash of; one that was taken away is none. */
function arePeopleRight({ record, people }: RecordText): boolean {
  try {
    const hashes = (JSON.parse(record.toString('utf8')) as { readonly people?: Record<string, string> }).people ?? {};
    return Object.entries(people).every(([id, text]) => typeof text === 'string' && sha256(text) === hashes[id]);
  } catch {
    return false;
  }
}

function noteIn(line: string): string | undefined {
  if (!line.startsWith('{"note":')) return undefined;
  try {
    const { note } = JSON.parse(line) as { readonly note?: unknown };
    return typeof note === 'string' && JSON.stringify({ note }) === line ? note : undefined;
  } catch {
    return undefined;
  }
}

/** A note: its text, an empty line, and a line for each signature, which begins with the name and the first bytes of the key's hash. */
function headIn(note: string, vkey: string): { readonly index: number; readonly head: string } | undefined {
  const [name = '', id = '', coded = ''] = vkey.split('+').length > 3 ? plusIn(vkey) : vkey.split('+');
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  const raw = Buffer.from(coded, 'base64').subarray(1);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const isSigned = note
    .slice(at + 2)
    .split('\n')
    .some((line) => {
      const [, by = '', signature = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
      const bytes = Buffer.from(signature, 'base64');
      return (
        by === name && bytes.toString('hex', 0, 4) === id && verify(null, Buffer.from(text), key, bytes.subarray(4))
      );
    });
  const [, , index = '', head = ''] = text.split('\n');
  return isSigned ? { index: Number(index), head } : undefined;
}

/** Base64 may have plus signs, too. */
function plusIn(vkey: string): readonly string[] {
  const [name = '', id = '', ...coded] = vkey.split('+');
  return [name, id, coded.join('+')];
}
