import { linkLine, strangeLine } from '../app/people/link.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { JitError } from '../core/errors/errors.ts';
import { commandLog } from './command-log.ts';
import { sayLine } from './output.ts';
import { dated } from './words.ts';

/** `jit people links`: the Slack accounts that their owners linked, the newest first. */
export async function peopleLinksVerb(file: string): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const { linking } = deps.browser ?? {};
    if (!linking) throw new JitError('linkNotSet');
    const all = [...(await linking.links.all())].sort((a, b) => b.at - a.at);
    const strange = await linking.links.strange();
    for (const slack of strange) sayLine(dated(strangeLine(slack)));
    for (const link of all) sayLine(dated(linkLine(link)));
    if (all.length + strange.length === 0) sayLine('No account was linked by its owner.');
  } finally {
    await close();
  }
}
