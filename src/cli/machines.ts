import { machines } from '../app/protect/machines.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';
import { show } from './output.ts';

/** `jit machines`: what is protected by whom. */
export async function machinesVerb(file: string): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), jsonLog('warn'));
  try {
    show(await machines(deps, commandLine()));
  } finally {
    await close();
  }
}
