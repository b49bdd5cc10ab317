import type { Deps } from '../../src/app/deps.ts';
import { decideRules } from '../../src/app/rules/decide.ts';
import { codeOf } from '../../src/config/guarded.ts';
import { peopleOf } from '../../src/config/house.ts';
import { LiveHouse } from '../../src/config/live.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { RuleKeeper } from '../../src/keeper.ts';
import type { RuleMemory } from '../../src/ports/rule-records.ts';
import { configOf, SMALL } from '../config/files.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { toldWorld } from './told.ts';

export const OWNED = SMALL.replace('groups: {', 'groups: { owners: [sam, kim], ').replace(
  'people: [',
  'people: [{ id: sam, name: Sam }, { id: kim, name: Kim }, ',
);
export const GUARDED = `${OWNED}operators: [ops]\npolicyChanges: { owners: [group:owners], approvals: 2 }\n`;
export const LONGER = GUARDED.replace('    tell: [ops]', '    longest: 8h\n    tell: [ops]');
export const LONGEST = GUARDED.replace('    tell: [ops]', '    longest: 12h\n    tell: [ops]');

/** What is known outside of the store. */
interface Known {
  readonly pin?: string;
  readonly memory?: RuleMemory;
}

/** A process that was started with a file, on a store that others may have written. */
export async function started(text: string, records = memoryRuleRecords(), more: Known = {}) {
  const made = toldWorld();
  const house = await LiveHouse.of(configOf(text), async (config) => {
    const people = peopleOf(config);
    return {
      ...made.deps.directory,
      byId: async (id: string) => people.find((one) => one.id === id),
      accountOf: () => undefined,
    };
  });
  const deps: Deps = Object.defineProperties(
    { ...made.deps, ruleRecords: records },
    {
      rules: { get: () => house.rules },
      directory: { get: () => house.directory },
    },
  );
  const keeper = new RuleKeeper({
    deps,
    house,
    records,
    people: async () => house.directory,
    resolve: false,
    ...more,
  });
  const longest = () => house.rules.policies[0]?.longestMs;
  const act = async (id: string, verdict?: 'approve' | 'reject', code?: string) => {
    const person = (await house.directory.byId(id)) as Person;
    const ask = { ...(verdict ? { verdict } : {}), ...(code ? { code } : {}) };
    const said = await decideRules(deps, ask, { person, chat: 'slack', account: 'U1' });
    return 'lines' in said
      ? said.lines.map(plain).join(' ')
      : said.page.sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))).join(' | ');
  };
  const begin = async () => {
    keeper.start(text, 1_000_000).stop();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  };
  return { ...made, deps, house, keeper, records, longest, act, begin };
}

/** Of the rules in a file. */
export const code = (text: string) => codeOf(configOf(text));
