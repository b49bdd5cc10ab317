import { unprotect, unprotectedLines } from '../app/protect/unprotect.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { plain } from '../core/language/text.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, show } from './output.ts';

/** `jit unprotect <machine>`: with the program's own rights. Shows what a lockdown closed and would be open if it were put back. */
export async function unprotectVerb(file: string, machine: string): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const state = await unprotect(deps, machine, commandLine());
    for (const line of unprotectedLines(state)) sayLine(plain(line));
    if (state.page) show(state.page);
  } finally {
    await close();
  }
}
