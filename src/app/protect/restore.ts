import { createHash } from 'node:crypto';
import type { AuditFacts } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import type { RestoreAsk } from '../../core/language/command.ts';
import { HOUR_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { type PutBackPlan, type Reopening, reopeningText } from '../../core/machine/lockdown.ts';
import { putBackNews, putBackReport, unaccepted } from '../../core/view/put-back-page.ts';
import type { Report } from '../../core/view/report.ts';
import { act, judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { actingAs, mayProtect, nameOf, type ProtectActor } from './actor.ts';
import { holding } from './hold.ts';
import { tellChannels } from './news.ts';
import { type Target, targetsOf } from './restore-target.ts';

/** Every group of every record is read. */
const LOOK_MS = 45_000;
/** All that was ever closed may be in there. */
const PUT_BACK_MS = 600_000;
/** How long a first person's word stands. */
const AGREED_MS = HOUR_MS;

/** What came of it; or the page of what will be open, to be confirmed. */
export type Restored =
  | { readonly what: string; readonly opened: readonly Reopening[]; readonly notes: readonly string[] }
  | { readonly page: Report };

/**
 * Puts back what lockdowns closed, for a machine or from one record. It is an opening: nothing happens before the page was
 * seen and its code came back; what strangers could come by takes a second person; the channels hear it. What opens nothing
 * is done at once. Throws `notProtector`, `unknownMachine`, `unknownRecord`, `nothingClosed`, `needsTwo`,
 * `storeAway` and `undoFolderAway`.
 */
export async function restore(deps: Deps, ask: RestoreAsk, actor: ProtectActor): Promise<Restored> {
  const attempt = { event: 'put back', ...actingAs(actor), words: typed(ask) } as const;
  const targets = await judged(deps, attempt, async () => {
    mayProtect(deps, actor);
    deps.mayOpen?.();
    return targetsOf(deps, ask, actor);
  });
  const shown: PutBackPlan[] = [];
  for (const target of targets) {
    const { planPutBack } = target.cloud;
    shown.push(await planPutBack(target.which, deps.undo, AbortSignal.timeout(LOOK_MS)));
  }
  const { what = '', name = '' } = targets[0] ?? {};
  const plan = joined(shown);
  if (plan.reopenings.length > 0) {
    const page = await pageFor(deps, ask, actor, { what, plan, code: codeOf(shown) });
    if (page) return { page };
  }
  const notes: string[] = [];
  for (const [i, target] of targets.entries()) {
    const done = await putBackAt(deps, target, actor, { ask, shown: shown[i] ?? plan });
    if ('changed' in done) {
      if (ask.confirm === '') throw new JitError('changedMeanwhile', { machine: name });
      return restore(deps, { ...ask, confirm: '' }, actor);
    }
    notes.push(...done.notes);
  }
  if (plan.records.length + plan.reopenings.length + notes.length === 0)
    throw new JitError('nothingClosed', { what: name });
  if (plan.reopenings.length > 0) await tellChannels(deps, putBackNews(nameOf(actor), what, plan.reopenings, notes));
  return { what, opened: plan.reopenings, notes };
}

interface Shown {
  readonly what: string;
  readonly plan: PutBackPlan;
  readonly code: string;
}

/** The page that has to be seen before, by one or by two; undefined when it was. */
async function pageFor(
  deps: Deps,
  ask: RestoreAsk,
  actor: ProtectActor,
  { what, plan, code }: Shown,
): Promise<Report | undefined> {
  const { confirm, accepting } = ask;
  const said = { ...actingAs(actor), event: 'put back', words: typed(ask), page: code, outcome: 'shown' } as const;
  const page = (more: { readonly again?: boolean; readonly agreed?: string }) =>
    putBackReport(plan, { what, command: typed(ask), code, accepted: accepting, ...more });
  if (confirm !== code || unaccepted(plan.reopenings, accepting).length > 0) {
    await note(deps, said);
    return page({ again: confirm !== undefined && confirm !== code });
  }
  if (!plan.reopenings.some(({ isPublic }) => isPublic)) return undefined;
  if (!('person' in actor)) throw new JitError('needsTwo', {});
  if (await isSecond(deps, code, actor.person.id)) return undefined;
  await note(deps, { ...said, why: 'agreed to it; a second person has to', opens: plan.reopenings.map(reopeningText) });
  const asked = page({ agreed: actor.person.name });
  await tellChannels(deps, asked);
  return asked;
}

/**
 * Has somebody else agreed to the same page? Each opening takes two words: they are used up before anything is opened. Where that
 * fails, or the process dies, both are asked again.
 */
async function isSecond({ store }: Deps, code: string, person: string): Promise<boolean> {
  const first = await store.firstSaid(`put-back:${code}`, person, AGREED_MS);
  if (first === person) return false;
  await store.unsaid(`put-back:${code}`);
  return true;
}

type Came = { readonly notes: readonly string[] } | { readonly changed: true };

/** Under the locks of all that is edited, it is looked once more whether it is what was shown. */
async function putBackAt(
  deps: Deps,
  { cloud, which, keys, facts }: Target,
  actor: ProtectActor,
  { ask, shown }: { readonly ask: RestoreAsk; readonly shown: PutBackPlan },
): Promise<Came> {
  // Nothing of what machines share is waited for when no record says that something was closed.
  if (cloud.lockdownKey && shown.records.length === 0) return { notes: [] };
  const signal = AbortSignal.timeout(PUT_BACK_MS);
  const about: AuditFacts = { ...facts, ...(ask.confirm ? { page: ask.confirm } : {}), words: typed(ask) };
  return act(deps, { event: 'put back', ...actingAs(actor), ...about }, async (opening) => {
    const work = async (held: AbortSignal): Promise<Came> => {
      const now = await cloud.planPutBack(which, deps.undo, held);
      if (codeOf([now]) !== codeOf([shown])) {
        await opening.passedOn();
        return { changed: true };
      }
      const before = new Set((await deps.undo.all(cloud.cloud)).map(({ id }) => id));
      const undo = [...new Set([...now.records, ...now.reopenings.map(({ record }) => record)])];
      const opens = now.reopenings.map(reopeningText);
      await opening.begin({ undo, ...(opens.length > 0 ? { opens } : {}) });
      const notes = await cloud.putBack(which, deps.undo, held);
      for (const { id } of await deps.undo.all(cloud.cloud)) before.delete(id);
      await opening.done({ undo: [...before], stays: notes });
      return { notes };
    };
    return holding(deps, cloud, keys, { signal, work });
  });
}

function joined(plans: readonly PutBackPlan[]): PutBackPlan {
  return {
    reopenings: plans.flatMap(({ reopenings }) => reopenings),
    stays: plans.flatMap(({ stays }) => stays),
    records: plans.flatMap(({ records }) => records),
  };
}

function codeOf(plans: readonly PutBackPlan[]): string {
  return createHash('sha256').update(JSON.stringify(plans)).digest('hex').slice(0, 6);
}

/** The ask as it is typed, without the code and the hashes. */
function typed({ which, whole }: RestoreAsk): string {
  const word = /\s/.test(which) ? `"${which}"` : which;
  return ['restore', word, ...(whole ? ['everything'] : [])].join(' ');
}

/** What came of it. */
export function restoredLines({ what, opened, notes }: Exclude<Restored, { readonly page: Report }>): readonly Line[] {
  const done =
    opened.length > 0
      ? say`Put back ${what}:`
      : notes.length > 0
        ? say`Nothing was opened of ${what}.`
        : say`Put back ${what}; nothing new is open.`;
  return [done, ...opened.map(reopeningText), ...notes].map((text): Line => [text]);
}
