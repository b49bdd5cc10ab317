import { JitError } from '../../core/errors/errors.ts';
import type { RulesAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { tidy } from '../../core/language/text.ts';
import { isMeant } from '../../core/people/person.ts';
import type { ProposedRules, RuleChanges } from '../../core/policy/rule-change.ts';
import type { Who } from '../../core/request/review.ts';
import type { Report } from '../../core/view/report.ts';
import { decidedPage, rulesPage } from '../../core/view/rules-page.ts';
import { listed } from '../../core/view/words.ts';
import type { RuleRecords } from '../../ports/rule-records.ts';
import { judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';
import { placesOf } from './propose.ts';
import type { Speaking } from './speaking.ts';

type Answered = { readonly lines: readonly Line[] } | { readonly page: Report };

/**
 * What owners say of a changed configuration. Enough different owners, as they are now, make it the approved one; who of them
 * changed the file cannot be known, so that each is one. Throws `rulesNotGuarded`, `notRuleOwner`, `noSuchRules`.
 */
export async function decideRules(deps: Deps, { verdict, code }: RulesAsk, actor: Speaking): Promise<Answered> {
  const said = {
    event: 'rules',
    by: actor,
    as: 'owner',
    ...(code === undefined ? {} : { page: tidy(code, 40) }),
  } as const;
  const { records, changes } = await judged(deps, said, async () => mayDecideRules(deps, actor));
  if (verdict === undefined) return { page: rulesPage(await records.approved(), await records.proposed(), changes) };
  const waiting = await records.proposed();
  if (waiting?.code !== code?.toLowerCase() || !waiting)
    throw new JitError('noSuchRules', { code: tidy(code ?? '', 40) });
  const who = { id: actor.person.id, name: actor.person.name };
  if (verdict === 'reject') return { lines: await reject(deps, records, { waiting, changes, who }, said) };
  return { lines: await approve(deps, records, { waiting, changes, who }, said) };
}

interface Waiting {
  readonly waiting: ProposedRules;
  readonly changes: RuleChanges;
  readonly who: Who;
}

type Said = { readonly event: string; readonly by: Speaking; readonly as: 'owner'; readonly page?: string };

async function approve(deps: Deps, records: RuleRecords, { waiting, changes, who }: Waiting, said: Said) {
  await note(deps, { ...said, outcome: 'done', why: `approved rules ${waiting.code}` });
  const all = await records.agree(waiting.code, who);
  const now = await Promise.all(all.map(async (one) => ({ one, person: await deps.directory.byId(one.id) })));
  const by = now.flatMap(({ one, person }) => (person && isMeant(person, changes.owners) ? [one] : []));
  if (by.length < changes.approvals)
    return [
      [say`Your approval is recorded: ${by.length} of ${changes.approvals}. Another owner has to approve it as well.`],
    ];
  const { at } = await deps.store.now();
  const { code, text } = waiting;
  if (!(await records.take({ code, text, at, by }))) throw new JitError('noSuchRules', { code });
  await note(deps, { ...said, outcome: 'done', why: `took rules ${code}` });
  await tellPlaces(deps, decidedPage(by, code, 'approved'), placesOf(deps.rules));
  return [[say`Approved by ${listed(by, 'and')}. The new rules are in use within ten seconds.`]];
}

async function reject(deps: Deps, records: RuleRecords, { waiting: { code }, who }: Waiting, said: Said) {
  if (!(await records.drop(code))) throw new JitError('noSuchRules', { code });
  await note(deps, { ...said, outcome: 'done', why: `rejected rules ${code}` });
  await tellPlaces(deps, decidedPage([who], code, 'rejected'), placesOf(deps.rules));
  return [[say`Rejected. The rules stay as they were; a file that is changed again is proposed again.`]];
}

function mayDecideRules({ ruleRecords: records, rules: { policyChanges: changes } }: Deps, { person }: Speaking) {
  if (!records || !changes) throw new JitError('rulesNotGuarded');
  if (!isMeant(person, changes.owners)) throw new JitError('notRuleOwner');
  return { records, changes };
}
