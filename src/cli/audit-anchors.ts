import { readFileSync } from 'node:fs';
import { badConfig } from '../core/errors/bad-config.ts';
import { type Head, notesIn, readHead } from '../core/evidence/head.ts';
import { isKeyOf, type NoteVerifier, readNote } from '../core/evidence/note.ts';
import { COMMAND, readingPath } from './given-path.ts';

/**
 * Signed heads that were kept elsewhere: notes, one below the other. Each file has one at least, a known key signed each, and no two of them
 * differ: one that was passed over might be the newest, and the only one that shows what was cut off.
 */
export async function anchorsIn(
  files: readonly string[],
  verifiers: readonly NoteVerifier[],
): Promise<ReadonlyMap<number, string>> {
  const all = new Map<number, string>();
  const refused = (fault: string) => badConfig([fault], undefined, COMMAND);
  let installation: string | undefined;
  for (const file of files) {
    const notes = notesIn(await readingPath(file, () => readFileSync(file, 'utf8')));
    if (notes.length === 0) throw refused(`${file} has no signed head`);
    for (const [i, note] of notes.entries()) {
      const head = signedHeadIn(note, verifiers);
      if (!head)
        throw refused(
          `${file} has a head (${i + 1} of ${notes.length}) that no known key signed, or that was changed or cut short: copy it whole, and name its key (--key)`,
        );
      installation ??= head.installation;
      if (head.installation !== installation)
        throw refused(`heads of two installations, ${installation} and ${head.installation}: each has its own files`);
      if ((all.get(head.index) ?? head.head) !== head.head)
        throw refused(`two heads of record ${head.index} were signed, and differ: there are two chains`);
      all.set(head.index, head.head);
    }
  }
  return all;
}

/** A head is good for the installation alone that its key is named after. */
function signedHeadIn(note: string, verifiers: readonly NoteVerifier[]): Head | undefined {
  const read = readNote(note, verifiers);
  const head = read?.state === 'signed' ? readHead(read.text) : undefined;
  return head && isKeyOf(read?.by ?? '', head.installation) ? head : undefined;
}
