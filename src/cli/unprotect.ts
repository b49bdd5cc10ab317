import { putAllBack } from '../app/protect/put-back.ts';
import { unprotect, unprotectedLines } from '../app/protect/unprotect.ts';
import { compose, undoFrom } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { plain } from '../core/language/text.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';

/**
 * `jit unprotect [machine] [--from <path>]`: with the program's own rights. `from` is a folder of undo records, or one of
 * them, in place of the configured folder; without a machine everything in it is put back, for which the database may be empty.
 */
export async function unprotectVerb(
  file: string,
  machine: string | undefined,
  from: string | undefined,
): Promise<void> {
  const config = loadConfig(file);
  const undo = from === undefined ? undefined : await undoFrom(from);
  const { deps, close } = await compose(config, jsonLog('warn'));
  try {
    const using = undo ? { ...deps, undo } : deps;
    if (machine === undefined) {
      const notes = await putAllBack(using, commandLine());
      for (const note of notes) console.log(note);
      if (notes.length === 0) console.log('Everything was put back.');
    } else
      for (const line of unprotectedLines(await unprotect(using, machine, commandLine()))) console.log(plain(line));
  } finally {
    await close();
  }
}
