import { lockdowns } from '../app/protect/lockdowns.ts';
import { restore, restoredLines } from '../app/protect/restore.ts';
import { type Composed, compose, recordsFrom } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { plain } from '../core/language/text.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, show } from './output.ts';
import { quoted } from './words.ts';

/**
 * `jit restore <machine | record | all> [everything] [confirm <code>] [--from <path>]`, read as in chat. Without the code it
 * shows what would be open. `from` is a folder of undo records, or one of them, in place of the configured folder.
 */
export async function restoreVerb(file: string, words: readonly string[], from: string | undefined): Promise<void> {
  const ask = parseCommand(['restore', ...words.map(quoted)].join(' '), new Map());
  if (ask.verb !== 'restore') return;
  await withRecords(file, from, async (deps) => {
    const result = await restore(deps, ask, commandLine());
    if ('page' in result) return show(result.page);
    for (const line of restoredLines(result)) sayLine(plain(line));
  });
}

/** `jit lockdowns [--from <path>]`: everything that has an undo record. */
export async function lockdownsVerb(file: string, from: string | undefined): Promise<void> {
  await withRecords(file, from, async (deps) => show(await lockdowns(deps, commandLine())));
}

async function withRecords(
  file: string,
  from: string | undefined,
  work: (deps: Composed['deps']) => Promise<void>,
): Promise<void> {
  const config = await loadConfig(file);
  const undo = from === undefined ? undefined : await recordsFrom(from, config);
  const { deps, close } = await compose(config, commandLog());
  try {
    await work(undo ? { ...deps, undo } : deps);
  } finally {
    await close();
  }
}
