import { why } from '../app/request/why.ts';
import { compose } from '../compose.ts';
import { sourceNames } from '../config/house.ts';
import { loadConfig } from '../configuration.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { commandLog } from './command-log.ts';
import { show } from './output.ts';
import { quoted } from './words.ts';

/** `jit why <machine> [port] from <source>`, read as in chat. */
export async function whyVerb(file: string, words: readonly string[]): Promise<void> {
  const config = await loadConfig(file);
  const ask = parseCommand(['why', ...words.map(quoted)].join(' '), sourceNames(config));
  if (ask.verb !== 'why') return;
  const { deps, close } = await compose(config, commandLog());
  try {
    show(await why(deps, undefined, ask));
  } finally {
    await close();
  }
}
