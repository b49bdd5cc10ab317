import { explain } from '../app/request/explain.ts';
import { compose } from '../compose.ts';
import { sourceNames } from '../config/house.ts';
import type { Config } from '../config/schema.ts';
import { loadConfig } from '../configuration.ts';
import { JitError } from '../core/errors/errors.ts';
import type { ExplainAsk } from '../core/language/command.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { show } from './output.ts';
import { passingBy } from './passing-by.ts';
import { quoted } from './words.ts';

/** `jit policy explain <person> <machine> [terms]`: the rest is read as in chat. Nothing is kept, and nobody is told. */
export async function explainVerb(file: string, id: string, words: readonly string[]): Promise<void> {
  const config = await loadConfig(file);
  const ask = parseCommand(['explain', ...words.map(quoted)].join(' '), sourceNames(config));
  if (ask.verb !== 'explain') return;
  const passing = passingBy(config);
  try {
    await explained(passing.config, id, ask);
  } finally {
    passing.end();
  }
}

async function explained(config: Config, id: string, ask: ExplainAsk): Promise<void> {
  const { deps, close } = await compose(config, commandLog());
  try {
    const person = await deps.directory.byId(id);
    if (!person) throw new JitError('personUnknown', { typed: id });
    show(await explain({ ...deps, acting: commandLine() }, person, ask));
  } finally {
    await close();
  }
}
