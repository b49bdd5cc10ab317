import { phrased, type Saying } from '../../core/language/text.ts';
import type { Deps } from '../deps.ts';
import { newsOf, tellOperatorsInChat, tellWays } from './news.ts';

/**
 * Tells operators at once, in the chats and by every way that needs none, whatever Redis says was told before: for what somebody who
 * can write to Redis may have done. What does not work is a line in the log, and holds up nothing.
 */
export async function tellLoudly(deps: Deps, title: Saying, lines: readonly Saying[]): Promise<void> {
  deps.log.error({ lines: lines.map((line) => phrased(line)) }, phrased(title));
  const report = { title, sections: [{ heading: '', rows: lines.map((line) => ({ line: [line] })) }] };
  await Promise.all([tellOperatorsInChat(deps, report), tellWays(deps, newsOf(deps, report))]);
}
