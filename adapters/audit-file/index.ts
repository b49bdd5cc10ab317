import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../src/core/audit/record.ts';
import { type ChainEnd, chained, goingOn, isSameChain } from '../../src/core/evidence/chain.ts';
import { saidInNote } from '../../src/core/evidence/head.ts';
import { lineOf, noteLine } from '../../src/core/evidence/line.ts';
import { dayIn, isKeysName, recordsName } from '../../src/core/evidence/names.ts';
import { isSigned, signedEndOf } from '../../src/core/evidence/signed-end.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { ANEW, append, syncLast } from './append.ts';
import { cutBack } from './cut-back.ts';
import { expireFiles } from './expire.ts';
import { isThere } from './find.ts';
import { writerOf, wrongWith } from './place.ts';
import { type Tail, tailOf } from './tail.ts';

export { erasuresIn, personalFiles } from './erase.ts';
export { eachLine } from './read.ts';
export { nearlyAuditFiles } from './tail.ts';

export interface FileSinkSettings {
  /** Whose audit it is: no other one writes there. */
  readonly installation: string;
  readonly folder: string;
  /** A file that is as large is not written to any more. */
  readonly rotateBytes: number;
  /** Public keys, which stand beside the files. */
  readonly vkeys: readonly string[];
}

/** Beside the files: the public keys that their heads are signed with. */
const KEYS_FILE = 'keys.txt';

/**
 * The audit as lines of JSON in a folder, each batch on the disk before it counts. What a crash or a full disk cut short is
 * taken away at the next write; a batch that comes again is written once.
 */
export function fileSink({ installation, folder, rotateBytes, vkeys }: FileSinkSettings): Sink {
  /** Beginning a new file is kept by its folder. */
  const begin = async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await addKeys(folder, vkeys);
  };
  return {
    name: 'files',
    async end() {
      // Where it ends is nothing to go on behind where it is somebody else's.
      const writer = await writerOf(folder);
      if (writer !== undefined && writer !== installation) throw anotherChain(folder);
      const last = keptIn(await tailOf(folder));
      return last && signedEndOf(last, { installation, vkeys });
    },
    examine: () => wrongWith(folder, installation),
    expire: (before, tell) => expireFiles(folder, before, tell),
    async write(batch, signal) {
      const { links, note } = batch;
      const last = await tailOf(folder);
      await mustFollow(folder, last?.end, batch);
      const end = last?.end?.index ?? 0;
      const upTo = Math.max(links.at(-1)?.index ?? 0, saidInNote(note)?.index ?? 0);
      if (end > upTo) {
        const kept = keptIn(last);
        if (!kept || !isSigned(kept, { installation, vkeys })) throw unsigned(folder, end);
        // What comes behind a batch is only ever written once that is kept, also where it was deleted since; but it may be another chain.
        const newest = links.at(-1);
        if (newest && (await isThere(folder, newest)) === false) throw anotherChain(folder);
        return syncLast(folder);
      }
      signal.throwIfAborted();
      // It is there, and was not told: whoever wrote it may have been killed before it was on the disk, or the disk refused it.
      const isAhead = end > batch.from.index;
      // What the store lost meanwhile, or somebody changed there, is here, and stays.
      const isLess = isAhead && !isWhole(batch);
      if (isLess) await syncLast(folder);
      else if (isAhead) await cutBack(folder, batch.from.index);
      const tail = isAhead ? await tailOf(folder) : last;
      const left = links.filter(({ index }) => index > end);
      const rest = isLess ? goingOn(last?.end ?? batch.from, left) : links;
      const [first] = rest;
      if (!first && tail?.isSigned) return;
      const day = new Date(first?.at ?? 0).toISOString().slice(0, 10);
      const goesOn = tail && (!first || (tail.bytes < rotateBytes && dayIn(tail.name) === day));
      if (!goesOn) await begin();
      const text = [...rest.map(lineOf), noteLine(note)].map((line) => `${line}\n`).join('');
      await append(folder, goesOn ? tail.name : recordsName(first?.index ?? 0, day), text);
    },
  };
}

/** Is it what was signed, record by record? Only then may it take the place of what is there. */
function isWhole({ from, links, note }: SinkBatch): boolean {
  const signed = saidInNote(note);
  const end = chained(from, links).at(-1);
  return (
    signed !== undefined &&
    end?.index === signed.index &&
    end.head === signed.head &&
    links.every(({ record, hash }) => sha256(record) === hash)
  );
}

function keptIn(tail: Tail | undefined) {
  return tail?.end && { end: tail.end, notes: tail.notes, older: tail.older };
}

/** Records that no key which is known here signed may be anybody's: nothing counts as kept because of them. */
function unsigned(folder: string, end: number): Error {
  const why = `ends with records up to ${end} that no key of this installation signed`;
  return new Error(`${folder} ${why}: keep a copy of them, and take them out`);
}

/** A folder that holds another chain is not written to: nothing of either may be lost. */
async function mustFollow(
  folder: string,
  end: ChainEnd | undefined,
  { installation, from, links }: SinkBatch,
): Promise<void> {
  // Where nothing tells that it goes on, somebody else's head at the end says that it does not.
  const isOwn = (end && isSameChain(end, from, links)) ?? ((await writerOf(folder)) ?? installation) === installation;
  if (!isOwn) throw anotherChain(folder);
}

function anotherChain(folder: string): Error {
  return new Error(`${folder} holds another chain of the audit`);
}

/** The public keys that stand beside the files, also in a copy of a bucket; none where there are none. */
export function keysIn(folder: string): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter(isKeysName).toSorted() : [];
  return [...new Set(names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)))];
}

async function addKeys(folder: string, vkeys: readonly string[]): Promise<void> {
  const known = keysIn(folder);
  const all = [...new Set([...known, ...vkeys])];
  if (all.length > known.length)
    await writeFile(join(folder, KEYS_FILE), `${all.join('\n')}\n`, { mode: 0o600, flag: ANEW });
}
