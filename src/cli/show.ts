import { showAny } from '../app/inbox/show.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { accessRecord } from '../core/view/access-record.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { printJson, show } from './output.ts';

/** `jit show <id>`: one request, whoever's it is. Throws `unknownRequest`. */
export async function showVerb(file: string, id: string, { json = false } = {}): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const { request, page } = await showAny(deps, commandLine(), id);
    if (json) printJson(accessRecord(request));
    else show(page);
  } finally {
    await close();
  }
}
