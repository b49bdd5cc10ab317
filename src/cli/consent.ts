import { consent } from '../app/protect/consent.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { plain } from '../core/language/text.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, show } from './output.ts';
import { quoted } from './words.ts';

/** `jit consent [confirm] [code]`, read as in chat: what the configuration would have closed, and agreeing to it. */
export async function consentVerb(file: string, words: readonly string[]): Promise<void> {
  const ask = parseCommand(['consent', ...words.map(quoted)].join(' '), new Map());
  if (ask.verb !== 'consent') return;
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const result = await consent(deps, ask, commandLine());
    if ('page' in result) return show(result.page);
    for (const line of result.lines) sayLine(plain(line));
  } finally {
    await close();
  }
}
