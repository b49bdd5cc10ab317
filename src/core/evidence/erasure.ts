import type { Instant } from '../language/instant.ts';
import { erasedId } from '../people/erased-id.ts';
import { isKeyOf, type NoteSigner, type NoteVerifier, readNote } from './note.ts';

/** That what is said of somebody up to an instant was erased. */
interface Erasure {
  readonly installation: string;
  /** Their `erasedId`, which names nobody. */
  readonly id: string;
  readonly until: Instant;
}

export interface SignedErasure extends Erasure {
  /** The key that signed it. */
  readonly by: string;
}

const KIND = 'drawbridge erasure v1';

/** Signed, so that nobody who can write to Redis or to the files can say it: a signed note (core/evidence/note.ts). */
export function erasureNote(
  signer: NoteSigner,
  { person, ...facts }: Omit<Erasure, 'id'> & { readonly person: string },
): string {
  return signer.sign(textOf({ ...facts, id: erasedId(person) }));
}

/** What such a note says; undefined where it is none, or no key that is known signed it. */
export function readErasure(note: string, verifiers: readonly NoteVerifier[]): SignedErasure | undefined {
  const read = readNote(note, verifiers);
  if (read?.state !== 'signed' || read.by === undefined) return undefined;
  const [, installation = '', id = '', until = ''] = read.text.split('\n');
  const said = { installation, id, until: Date.parse(until) };
  const isRight = Number.isSafeInteger(said.until) && textOf(said) === read.text && isKeyOf(read.by, installation);
  return isRight ? { ...said, by: read.by } : undefined;
}

function textOf({ installation, id, until }: Erasure): string {
  return `${[KIND, installation, id, new Date(until).toISOString()].join('\n')}\n`;
}
