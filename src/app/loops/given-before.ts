import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Delegation } from '../../core/people/delegation.ts';
import { note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';

/** So many owners of links are told themselves. */
const MOST_TOLD = 500;

/**
 * After the store went back: what people gave, and may have ended in what it lost, counts no more, all of it: delegations, links of Slack accounts,
 * and approvals of rules that wait. Gives what to tell operators.
 */
export async function voidGiven(deps: Deps): Promise<readonly Line[]> {
  const delegations = await voidDelegations(deps);
  const links = await voidLinks(deps);
  const rules = await deps.ruleRecords?.proposed();
  if (rules) {
    await deps.ruleRecords?.drop(rules.code);
    await said(deps, 'rules', `proposed rules ${rules.code} count no more`);
  }
  return [
    ...(delegations === 0
      ? []
      : [[say`${counted(delegations, 'delegation')} ended: whoever wants one types \`/jit delegate\` again.`]]),
    ...(links === 0
      ? []
      : [[say`${counted(links, 'link')} of Slack accounts ended: their owners type \`/jit link\` again.`]]),
    ...(rules ? [[say`The changed rules that waited for their owners wait no more: save drawbridge.yaml again.`]] : []),
  ];
}

async function voidDelegations(deps: Deps): Promise<number> {
  const { delegations } = deps;
  if (!delegations) return 0;
  const all: readonly Delegation[] = await delegations.all();
  for (const { from, to } of all) await said(deps, 'end delegation', `${to.id} decides for ${from.id} no more`);
  const count = await delegations.clear();
  for (const { from } of all) {
    const person = await deps.directory.byId(from.id, 'last').catch(() => undefined);
    const line = [
      say`Redis lost its last changes, so nobody decides for you any more. Type \`/jit delegate\` again if somebody should.`,
    ];
    const report = { title: 'Your delegation has ended', sections: [{ heading: '', rows: [{ line }] }] };
    if (person) await tellPlaces(deps, report, deps.directory.reach(person).slice(0, 1));
  }
  return count;
}

async function voidLinks(deps: Deps): Promise<number> {
  const { linking } = deps.browser ?? {};
  if (!linking) return 0;
  // One that nobody here made goes as well, whoever it names.
  for (const slack of await linking.links.strange())
    await said(deps, 'unlink', `the Slack account ${slack}, by a link that was not made here`);
  const all = await linking.links.all();
  const people = await Promise.all(
    all.slice(0, MOST_TOLD).map(({ entra }) => deps.directory.person('teams', entra).catch(() => undefined)),
  );
  for (const { slack, entra } of all)
    await said(deps, 'unlink', `the Slack account ${slack} and the account ${entra} of Entra`);
  const count = await linking.links.clear();
  for (const person of people) {
    const places = person ? deps.directory.reach(person).filter(({ chat }) => chat === 'teams') : [];
    const line = [
      say`Redis lost its last changes, so your Slack account is no longer linked. Type \`/jit link\` in Slack to link it again.`,
    ];
    await tellPlaces(
      deps,
      { title: 'Link your Slack account again', sections: [{ heading: '', rows: [{ line }] }] },
      places,
    );
  }
  return count;
}

function said(deps: Deps, event: 'end delegation' | 'unlink' | 'rules', why: string): Promise<void> {
  return note(deps, {
    event,
    outcome: 'done',
    by: 'drawbridge',
    as: 'program',
    why: `${why}: Redis went back in time`,
  });
}

function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}
