import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { drillReport } from '../core/view/drill-page.ts';
import { commandLog } from './command-log.ts';
import { sayNotDone, show } from './output.ts';

const HOW = `A drill opens a port, which nobody who has only a shell may do: somebody listed under \`security\` starts it
with \`/jit drill\` in a chat. \`npx jit drill --last\` shows what came of the last one.`;

/**
 * `jit drill [--last]`: says how a drill is started; or shows the last one. Exit code 0 when it passed, 1 when it did not, there was none, or
 * none was asked for.
 */
export async function drillVerb(file: string, { last = false }: { readonly last?: boolean }): Promise<void> {
  if (!last) return sayNotDone(HOW.replace('\n', ' '), 'denied');
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const drill = await deps.drills?.last();
    if (!drill) return sayNotDone('No drill has been run. `/jit drill` in a chat runs one.', 'notFound');
    show(drillReport(drill));
    if (drill.outcome !== 'passed') process.exitCode = 1;
  } finally {
    await close();
  }
}
