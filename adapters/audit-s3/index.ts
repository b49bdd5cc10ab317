import { type ChainEnd, isSameChain } from '../../src/core/evidence/chain.ts';
import { writerOfNote } from '../../src/core/evidence/head.ts';
import { isAmong, lineOf, noteLine, readLine } from '../../src/core/evidence/line.ts';
import { firstRecordIn, keysName, numbered, RECORDS, recordsName } from '../../src/core/evidence/names.ts';
import { isSigned, type LastKept, signedEndOf } from '../../src/core/evidence/signed-end.ts';
import { DAY_MS, type Instant } from '../../src/core/language/instant.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { type BucketSettings, bucketOf, type LockedBucket } from './bucket.ts';

export interface S3SinkSettings extends BucketSettings {
  readonly name: string;
  /** Whose audit it is: no other one is kept under the same prefix. */
  readonly installation: string;
  /** What keys begin with: empty, or a path that ends with a slash. */
  readonly prefix: string;
  readonly mode: 'governance' | 'compliance';
  /** How long objects are locked. */
  readonly days: number;
  /** Public keys, which stand beside the records. */
  readonly vkeys: readonly string[];
}

interface Stored extends LastKept {
  readonly key: string;
  /** The installation whose head is behind it. */
  readonly writer: string | undefined;
}

/**
 * The audit as objects in a bucket of S3 that nobody can change or delete while they are locked: one for each batch, with the signed
 * head behind it, under a key that sorts as the chain goes. A put never overwrites, so a batch that comes again is there once.
 */
export function s3Sink(settings: S3SinkSettings, now: () => number, bucket = bucketOf(settings)): Sink {
  const { name, prefix } = settings;
  const records = `${prefix}${RECORDS}`;
  let last: Stored | undefined;
  // A clock here that is behind must not make it shorter: records have the store's time.
  const lock = (at: Instant) => lockOf(settings, Math.max(now(), at));
  const { lacking, ready } = lockable(settings, bucket, lock);
  const ending = async (signal?: AbortSignal): Promise<Stored | undefined> => {
    const key = await lastKey(bucket, records, last?.key, signal);
    if (key !== undefined && key !== last?.key) last = storedIn(key, await bucket.read(key, signal));
    return last;
  };
  const following = async (batch: SinkBatch, signal: AbortSignal): Promise<ChainEnd | undefined> => {
    const there = await ending(signal);
    if (there) await mustFollow(there, batch, settings, () => isThere(bucket, records, batch, signal));
    return there?.end;
  };

  return {
    name,
    async end(signal) {
      const there = await ending(signal);
      if (othersIn(there, settings) !== undefined) throw anotherChain(settings);
      return there && signedEndOf(there, settings);
    },
    async examine(signal) {
      const lacks = await lacking(signal);
      if (lacks !== undefined) return lacks;
      const writer = othersIn(await ending(signal), settings);
      return (
        writer &&
        `The installation “${writer}” keeps its audit under ${records} of the bucket: each needs its own prefix.`
      );
    },
    async write(batch, signal) {
      signal.throwIfAborted();
      const end = await following(batch, signal);
      await ready(batch.links.at(-1)?.at ?? 0, signal);
      const rest = batch.links.filter(({ index }) => index > (end?.index ?? 0));
      const [first] = rest;
      if (!first) return;
      const key = `${prefix}${recordsName(first.index, new Date(first.at).toISOString().slice(0, 10))}`;
      const text = [...rest.map(lineOf), noteLine(batch.note)].map((line) => `${line}\n`).join('');
      const newest = rest.at(-1) ?? first;
      if (await bucket.add(key, text, lock(newest.at), signal)) {
        last = { key, end: newest, notes: [batch.note], writer: batch.installation };
        return;
      }
      // Another process was faster, or the answer to the same put was lost: what is there must be this batch.
      const there = await following(batch, signal);
      if ((there?.index ?? 0) < newest.index)
        throw new Error(`${key} is there already, and does not hold the records up to ${newest.index}`);
    },
  };
}

function lockOf({ mode, days }: S3SinkSettings, at: Instant) {
  const name = mode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const);
  return { mode: name, until: new Date(at + days * DAY_MS) };
}

/** Whether the bucket locks what is put there; one that does not gets nothing. */
function lockable(
  { bucket: name, prefix, vkeys }: S3SinkSettings,
  bucket: LockedBucket,
  lock: (at: Instant) => ReturnType<typeof lockOf>,
) {
  let isReady = false;
  const lacking = async (signal?: AbortSignal) => {
    const what = await bucket.lacks(signal);
    return what && `The bucket ${name} has no ${what}: what is put there could be changed.`;
  };
  /** Once a process. */
  const ready = async (at: Instant, signal: AbortSignal) => {
    if (isReady) return;
    const lacks = await lacking(signal);
    if (lacks !== undefined) throw new Error(lacks);
    for (const vkey of vkeys) await bucket.add(`${prefix}${keysName(vkey)}`, `${vkey}\n`, lock(at), signal);
    isReady = true;
  };
  return { lacking, ready };
}

function anotherChain({ bucket }: S3SinkSettings): Error {
  return new Error(`The bucket ${bucket} holds another chain of the audit`);
}

/**
 * Nothing is kept behind another chain: of one that is longer, all would count as kept. What is there of the batch, or behind it, counts where it is
 * the same, or a key that is known here signed it: whoever can put there could have made it.
 */
async function mustFollow(
  there: Stored,
  { from, links, note }: SinkBatch,
  settings: S3SinkSettings,
  isKept: () => Promise<boolean | undefined>,
): Promise<void> {
  const { end, notes } = there;
  const isSame = isSameChain(end, from, links);
  if (!(isSame ?? othersIn(there, settings) === undefined)) throw anotherChain(settings);
  const isOwn = () => isSigned(there, settings);
  if (!isSame && end.index > from.index && !notes.includes(note) && !isOwn()) throw unsigned(there, settings);
  if (end.index <= (links.at(-1)?.index ?? 0)) return;
  const isThereToo = await isKept();
  if (isThereToo === false) throw anotherChain(settings);
  // Its object is there no more. What comes behind a batch is only ever put once that is kept.
  if (isThereToo === undefined && !isOwn()) throw unsigned(there, settings);
}

function unsigned({ key, end }: Stored, { bucket }: S3SinkSettings): Error {
  const why = `has records up to ${end.index} that no key of this installation signed`;
  return new Error(`${key} in the bucket ${bucket} ${why}: keep the audit under another prefix`);
}

/** The other installation whose records come last there; undefined where it is this one, or nobody can tell. */
function othersIn(last: Stored | undefined, { installation }: S3SinkSettings): string | undefined {
  return last?.writer === installation ? undefined : last?.writer;
}

/**
 * Is a batch there, in the first object that may have it? Others may come behind it, and be of another chain. Undefined where nobody can tell, as it was
 * deleted after its time.
 */
async function isThere(
  bucket: LockedBucket,
  records: string,
  { from, links }: SinkBatch,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const newest = links.at(-1);
  const key = await bucket.next(records, `${records}${numbered(from.index)}~`, signal);
  if (!newest || key === undefined) return undefined;
  const lines = (await bucket.read(key, signal)).toString('utf8').split('\n');
  return isAmong(
    lines.map((line) => Buffer.from(line)),
    newest,
  );
}

/** The last key there. They sort by the number of their first record, so that a few questions find it among any number. */
async function lastKey(
  bucket: LockedBucket,
  records: string,
  known: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let found = await bucket.next(records, known ?? records, signal);
  if (found === undefined) return known;
  const from = (index: number) => bucket.next(records, `${records}${numbered(index - 1)}~`, signal);
  const indexOf = (key: string) => firstRecordIn(key.slice(records.length - RECORDS.length));
  // Up in steps that double, then down between one that is there and one that is not.
  let [low, none] = [indexOf(found), Number.POSITIVE_INFINITY];
  for (let step = 1; low < none - 1; step *= 2) {
    const middle = none === Number.POSITIVE_INFINITY ? low + step : Math.floor((low + none) / 2);
    const next = await from(middle);
    if (next === undefined) none = middle;
    else [low, found] = [indexOf(next), next];
  }
  return found;
}

/** What the records of an object lead to, and whose they are. */
function storedIn(key: string, bytes: Buffer): Stored {
  const notes: string[] = [];
  for (const line of bytes.toString('utf8').split('\n').toReversed()) {
    const read = readLine(Buffer.from(line));
    if (read && 'note' in read) notes.push(read.note);
    if (!read || 'note' in read) continue;
    const { index, head, epoch, sequence } = read;
    const writer = notes.map(writerOfNote).find((one) => one !== undefined);
    return { key, end: { index, head, epoch, sequence }, notes, writer };
  }
  throw new Error(`${key} holds no records of the audit`);
}
