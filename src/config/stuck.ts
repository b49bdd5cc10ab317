import { membersOf } from '../core/people/groups.ts';
import { everyChain } from '../core/policy/needs.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { Approver, Stage } from '../core/policy/stage.ts';
import type { Fault } from './fault.ts';
import { groupTable, houseRules, peopleOf } from './house.ts';
import type { Config } from './schema.ts';
import { neverFilled, oneHuman } from './seats.ts';
import { unreachable } from './unreachable.ts';

/** Policies whose requests nobody could approve: by what the file says of people and groups, which may change with them. */
export function stuckWarnings(config: Config): readonly Fault[] {
  const { policies } = houseRules(config);
  const people = peopleOf(config);
  return policies.flatMap((policy): readonly Fault[] => {
    const path = ['policies', config.policies.findIndex(({ name }) => name === policy.name)];
    const isDecided = decidedByFile(config);
    const never = neverOf(config, policy);
    if (never.length > 0) return never.map((message) => ({ path, message }));
    return unreachable(policy, people, isDecided).map((message) => ({ path, message }));
  });
}

function neverOf(config: Config, policy: Policy): readonly string[] {
  const table = groupTable(config);
  const humans = (word: Approver) => {
    const { ids, groups } = word.startsWith('group:')
      ? membersOf(table, word.slice('group:'.length))
      : { ids: [], groups: [] };
    if (!word.startsWith('group:')) return oneHuman(word);
    return groups.length > 0 ? undefined : ids.map((id) => `person:${id}`);
  };
  const [own, outside, both = []] = everyChain(policy);
  const said = (list: readonly Stage[], when = '') => {
    const short = neverFilled(list, humans);
    const stage = list.length > 1 ? `, stage ${(short?.at ?? 0) + 1} of ${list.length},` : '';
    return short ? [`\`${policy.name}\`${when}${stage} ${short.message}`] : [];
  };
  const alone = [own, outside].flatMap((list = []) => said(list));
  return alone.length > 0 ? alone : said(both, ', of what is partly within its hours');
}

/** Does the file alone say who it is? Directories may know managers, and people, whom it does not. */
export function decidedByFile({ people, groups, directory }: Config): (approver: Approver) => boolean {
  const table = groupTable({ groups });
  return (approver) => {
    if (approver === 'manager' || approver === 'managersManager') return !directory?.entra;
    if (approver.startsWith('group:')) return membersOf(table, approver.slice('group:'.length)).groups.length === 0;
    const [, id] = /^person:(.+)$/.exec(approver) ?? [];
    const isUnknown = !people.some((person) => person.id === id) && (directory?.entra || directory?.slack);
    return id !== undefined && !isUnknown;
  };
}
