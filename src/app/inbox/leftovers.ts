import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { leftoversNow, leftoverTexts } from '../machine/leftovers.ts';

/** So many are named in one answer. */
const MOST_SHOWN = 10;

/** What is over and waits to be deleted, read now; or that it could not be read. Nothing where nothing waits. */
export async function leftoverLines(deps: Deps): Promise<readonly Line[]> {
  try {
    const found = await leftoversNow(deps, answerInTime());
    if (found.length === 0) return [];
    const many = say`${found.length} rules of Drawbridge are over, deny now, and cannot be deleted yet:`;
    const head = found.length === 1 ? say`1 rule of Drawbridge is over, denies now, and cannot be deleted yet:` : many;
    return [[head], ...leftoverTexts(found, MOST_SHOWN).map((text) => [text])];
  } catch (error) {
    deps.log.warn({ error }, 'whether rules wait to be deleted could not be read');
    return [[say`Whether rules that are over wait to be deleted could not be read; see the log.`]];
  }
}
