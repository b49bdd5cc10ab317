import { BEGINNING, type ChainEnd, NO_HEAD } from './chain.ts';
import { type Head, readHead } from './head.ts';
import { noteVerifier, readNote } from './note.ts';

/** How what is kept at a place ends. */
export interface LastKept {
  /** The last record, as its line says it. */
  readonly end: ChainEnd;
  /** What stands behind it and may be its signed head, the last one first. */
  readonly notes: readonly string[];
  /** The same before it, as far as somebody looked. */
  readonly older?: readonly string[];
}

/** Where the chain of a place ends: the last head that is signed there; at the beginning where there is none. */
export interface SignedEnd extends ChainEnd {
  /**
   * The last record that is there, where that is another one: one before, as the store had lost those between; or one behind, which nobody
   * signed. What is not signed is nothing to go on behind: whoever can write there could have it signed so.
   */
  readonly has?: number;
}

interface Known {
  readonly installation: string;
  /** Public keys. */
  readonly vkeys: readonly string[];
}

/** Is a head signed behind the last record: its own, or that of a later one, which the store had lost? */
export function isSigned({ end, notes }: LastKept, known: Known): boolean {
  return signedIn(notes, known).some(
    ({ index, head }) => index > end.index || (index === end.index && [head, NO_HEAD].includes(end.head)),
  );
}

/** What a sink says of where it ends. */
export function signedEndOf(last: LastKept, known: Known): SignedEnd {
  const heads = signedIn([...last.notes, ...(last.older ?? [])], known);
  const { index, head, epoch, sequence } = heads.toSorted((a, b) => b.index - a.index)[0] ?? BEGINNING;
  return { index, head, epoch, sequence, ...(index === last.end.index ? {} : { has: last.end.index }) };
}

function signedIn(notes: readonly string[], { installation, vkeys }: Known): readonly Head[] {
  const verifiers = vkeys.flatMap((vkey) => noteVerifier(vkey) ?? []);
  return notes.flatMap((note) => {
    const read = readNote(note, verifiers);
    const head = read?.state === 'signed' ? readHead(read.text) : undefined;
    // No head at all was signed by versions before: it is none to go on behind.
    return head && head.installation === installation && head.head !== NO_HEAD ? [head] : [];
  });
}
