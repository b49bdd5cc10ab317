import { protect } from '../app/protect.ts';
import { protectedText } from '../app/protected-text.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { standingNotes } from '../core/projection.ts';
import { plain } from '../core/text.ts';
import { jsonLog } from '../observe/log.ts';

/** `jit protect <machine>`: with the program's own rights; names what still keeps a port open. */
export async function protectVerb(file: string, machine: string): Promise<void> {
  const { deps, close } = await compose(loadConfig(file), jsonLog('warn'));
  try {
    const state = await protect(deps, machine);
    console.log(protectedText(state));
    for (const line of standingNotes(state)) console.log(plain(line));
  } finally {
    await close();
  }
}
