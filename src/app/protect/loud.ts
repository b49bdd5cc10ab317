import { type Phrase, phrased } from '../../core/language/text.ts';
import { TONGUES } from '../../core/words/tongues.ts';
import type { Deps } from '../deps.ts';
import { tellOperators } from './news.ts';

const WAY_MS = 15_000;

/**
 * Tells operators at once, in the chats and by every way that needs none, whatever Redis says was told before: for what somebody who
 * can write to Redis may have done. What does not work is a line in the log, and holds up nothing.
 */
export async function tellLoudly(deps: Deps, title: Phrase, lines: readonly Phrase[]): Promise<void> {
  deps.log.error({ lines: lines.map((line) => phrased(line)) }, phrased(title));
  const report = { title, sections: [{ heading: '', rows: lines.map((line) => ({ line: [line] })) }] };
  const at = Date.now();
  const tongue = TONGUES[deps.rules.language ?? 'en'];
  const said = { title: phrased(title, tongue), lines: lines.map((line) => phrased(line, tongue)) };
  const news = { id: `alarm-${at}`, kind: 'alarm', at, ...said } as const;
  const ways = (deps.ways ?? []).map((way) => way.tell(news, AbortSignal.timeout(WAY_MS)));
  const told = await Promise.allSettled([tellOperators(deps, report), ...ways]);
  for (const one of told) if (one.status === 'rejected') deps.log.warn({ error: one.reason }, 'an alarm was not taken');
}
