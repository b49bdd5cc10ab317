import { everythingLines } from '../app/inbox/queries.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { plain } from '../core/language/text.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';

/** `jit list`: everything that is open or waits, whoever's it is. */
export async function listVerb(file: string): Promise<void> {
  const { deps, close } = await compose(loadConfig(file), jsonLog('warn'));
  try {
    for (const line of await everythingLines(deps, commandLine(), Number.POSITIVE_INFINITY)) console.log(plain(line));
  } finally {
    await close();
  }
}
