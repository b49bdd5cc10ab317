import { everythingLines, everythingRead } from '../app/inbox/queries.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { plain } from '../core/language/text.ts';
import { accessRecord } from '../core/view/access-record.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { printJson, sayLine } from './output.ts';

/** `jit list`: everything that is open or waits, whoever's it is. With `json`, as `{ requests, notes }`. */
export async function listVerb(file: string, { json = false } = {}): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    if (json) {
      const { requests, notes } = await everythingRead(deps, commandLine());
      printJson({ requests: requests.map(accessRecord), notes: notes.map(plain) });
      return;
    }
    for (const line of await everythingLines(deps, commandLine(), Number.POSITIVE_INFINITY)) sayLine(plain(line));
  } finally {
    await close();
  }
}
