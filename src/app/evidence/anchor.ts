import { headToken } from '../../core/evidence/head.ts';
import { DAY_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Report } from '../../core/view/report.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';

/** Longer than any period that is kept. */
const REMEMBERED_MS = 800 * DAY_MS;

type AnchorDeps = Pick<Deps, 'store' | 'rules' | 'chats' | 'log'>;

/**
 * Leaves the newest signed head outside once a day, at the places of `operators`, from the second day on. Whoever keeps one can tell
 * later that the end of the files was cut off, or all of them written anew.
 */
export async function anchor(deps: AnchorDeps, { chain }: EvidenceRoom): Promise<void> {
  const places = deps.rules.operators ?? [];
  const last = await chain.last();
  if (!last || places.length === 0) return;
  const day = new Date((await deps.store.now()).at).toISOString().slice(0, 10);
  const isFirst = await deps.store.once('anchor', REMEMBERED_MS);
  // A new day, and a head that was not told before.
  if (!(await deps.store.once(`anchor:${day}`, 2 * DAY_MS)) || isFirst) return;
  if (!(await deps.store.once(`anchor:${last.index}`, REMEMBERED_MS))) return;
  const says = say`Keep this head: “jit audit verify --anchor” finds by it what was cut off, or written anew.`;
  const rows = [{ line: [says] }, { line: [headToken(last.note)], isLong: true as const }];
  const report: Report = { title: say`Audit: ${last.index} records`, sections: [{ heading: '', rows }] };
  await tellPlaces(deps, report, places);
}
