import { protect } from '../app/protect.ts';
import { protectedText } from '../app/protected-text.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { readLimits } from '../core/grammar.ts';
import { standingNotes } from '../core/projection.ts';
import { plain } from '../core/text.ts';
import { jsonLog } from '../observe/log.ts';

/** `jit protect <machine> [terms]`: with the program's own rights; names what still keeps a port open. */
export async function protectVerb(file: string, machine: string, terms: readonly string[]): Promise<void> {
  const limits = terms.length > 0 ? readLimits(terms.join(' ')) : undefined;
  const { deps, close } = await compose(loadConfig(file), jsonLog('warn'));
  try {
    const state = await protect(deps, machine, undefined, limits);
    console.log(protectedText(state));
    for (const line of standingNotes(state)) console.log(plain(line));
  } finally {
    await close();
  }
}
