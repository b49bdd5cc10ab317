import { protect } from '../app/protect/protect.ts';
import { protectedLines } from '../app/protect/text.ts';
import { compose } from '../compose.ts';
import { sourceNames } from '../config/house.ts';
import { loadConfig } from '../configuration.ts';
import { sayOf } from '../core/errors/errors.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { plain } from '../core/language/text.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, sayNotDone, show } from './output.ts';
import { quoted } from './words.ts';

/**
 * `jit protect <machines> [terms]`, read as in chat: with the program's own rights. Names what still keeps a port open;
 * for several machines it shows first what will change. Fails where a machine could not be protected.
 */
export async function protectVerb(file: string, words: readonly string[]): Promise<void> {
  const config = await loadConfig(file);
  const ask = parseCommand(['protect', ...words.map(quoted)].join(' '), sourceNames(config));
  if (ask.verb !== 'protect') return;
  const { deps, close } = await compose(config, commandLog());
  try {
    const result = await protect(deps, ask, commandLine());
    if ('page' in result) return show(result.page);
    for (const state of result.done) {
      for (const line of protectedLines(deps, state)) sayLine(plain(line));
    }
    for (const { name, error } of result.failed) sayNotDone(`${name}: ${sayOf(error, 'in the log').text}`);
  } finally {
    await close();
  }
}
