import { say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import type { Leftover } from '../../ports/leftovers.ts';
import type { Deps } from '../deps.ts';

/** All that waits in all clouds. Throws where one cannot be read: nobody may say then that nothing waits. */
export async function leftoversNow(
  { clouds }: Pick<Deps, 'clouds'>,
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const all = await Promise.all([...clouds.values()].map(async (cloud) => (await cloud.leftovers?.(signal)) ?? []));
  return all.flat();
}

/** Each in a line. */
export function leftoverTexts(found: readonly Leftover[], most: number): readonly Saying[] {
  const lines = found.slice(0, most).map(({ rule, where, because }) => say`${rule} in ${where}: ${because}`);
  return found.length > most ? [...lines, say`… and ${found.length - most} more.`] : lines;
}
