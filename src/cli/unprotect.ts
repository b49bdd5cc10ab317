import { unprotect } from '../app/unprotect.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { jsonLog } from '../observe/log.ts';

/** `jit unprotect <machine>`: with the program's own rights. */
export async function unprotectVerb(file: string, machine: string): Promise<void> {
  const { deps, close } = await compose(loadConfig(file), jsonLog('warn'));
  try {
    const { machine: ended } = await unprotect(deps, machine);
    console.log(`${ended.name} is not protected any more; nobody can ask for its ports.`);
  } finally {
    await close();
  }
}
