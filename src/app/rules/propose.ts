import { DAY_MS, MINUTE_MS } from '../../core/language/instant.ts';
import type { Place } from '../../core/people/place.ts';
import type { HouseRules } from '../../core/policy/policy.ts';
import type { ProposedRules } from '../../core/policy/rule-change.ts';
import { replayPage } from '../../core/view/replay-page.ts';
import type { Report } from '../../core/view/report.ts';
import { proposalPage } from '../../core/view/rules-page.ts';
import type { RuleRecords } from '../../ports/rule-records.ts';
import { note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';
import { replay, type Version } from '../request/replay.ts';

/** What is replayed for the page; `jit policy replay` looks further back. */
const BACK_MS = 30 * DAY_MS;
const MOST_REQUESTS = 1_000;
const MOST_MS = MINUTE_MS;
/** Whoever begins to tell has done so by then, or is dead. */
const TELLING_MS = 2 * MINUTE_MS;
const TOLD_MS = 90 * DAY_MS;
const MOST_SHOWN = 3;

/**
 * Proposes a changed configuration to its owners, with what it would have decided: in place of one that waits. Of several processes that
 * notice the change one tells; one that dies before it told leaves it to the next. False while nobody can say that it was told.
 */
export async function proposeRules(
  deps: Deps,
  records: RuleRecords,
  { code, text, differences }: Omit<ProposedRules, 'at'>,
  wouldBe: () => Promise<Version>,
): Promise<boolean> {
  const changes = deps.rules.policyChanges;
  if (!changes) return true;
  const waiting = await records.proposed();
  const { at } = waiting?.code === code ? waiting : await deps.store.now();
  const proposed = { code, text, at, differences };
  if (waiting?.code !== code) await records.propose(proposed);
  const key = `rules:${code}:${at}`;
  if ((await deps.store.firstSaid(key, 'untold', TELLING_MS)) !== 'untold') return true;
  if (!(await deps.store.once(`telling:${code}:${at - (at % TELLING_MS)}`, TELLING_MS))) return false;
  await note(deps, {
    event: 'rules',
    outcome: 'shown',
    by: 'configuration',
    as: 'program',
    why: `proposed rules ${code}`,
  });
  const replayed = await replayed30(deps, wouldBe, at);
  await tellPlaces(deps, proposalPage(proposed, changes, replayed), placesOf(deps.rules));
  await deps.store.unsaid(key);
  await deps.store.firstSaid(key, 'told', TOLD_MS);
  return true;
}

/** Undefined where it cannot be told: nobody may think that nothing differs. */
async function replayed30(deps: Deps, wouldBe: () => Promise<Version>, now: number): Promise<Report | undefined> {
  try {
    const versions = { now: deps, wouldBe: await wouldBe() };
    return replayPage(
      await replay(deps, { ...versions, most: MOST_REQUESTS }, now - BACK_MS, AbortSignal.timeout(MOST_MS)),
      MOST_SHOWN,
    );
  } catch (error) {
    deps.log.warn({ error }, 'what changed rules would have decided could not be told');
    return undefined;
  }
}

/** Where the owners are told. */
export function placesOf({ policyChanges, operators = [] }: HouseRules): readonly Place[] {
  return policyChanges && policyChanges.tell.length > 0 ? policyChanges.tell : operators;
}
