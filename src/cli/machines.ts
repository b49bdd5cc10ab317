import { machines } from '../app/protect/machines.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { show } from './output.ts';

/** `jit machines`: what is protected by whom. */
export async function machinesVerb(file: string): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    show(await machines(deps, commandLine()));
  } finally {
    await close();
  }
}
