import { JitError } from '../../core/errors/errors.ts';
import { durationText } from '../../core/language/duration.ts';
import type { HouseRules } from '../../core/policy/policy.ts';
import type { Directory } from '../../ports/directory.ts';
import type { Deps } from '../deps.ts';

/**
 * The house as it is for whoever breaks the glass: its rules stand where policies do, and no policy refuses. All else is as ever:
 * people, machines and their identity, protection, entitlement, and what cannot be told.
 */
export function glassHouse(deps: Deps, how: { readonly isSigned?: boolean } = {}): Deps {
  const house = { ...deps, rules: glassRules(deps.rules) };
  return how.isSigned ? { ...house, directory: rememberingDirectory(deps) } : house;
}

/** What rules whoever breaks the glass: its own rules alone. */
export function glassRules({ refusals: _, ...rules }: HouseRules): HouseRules {
  return { ...rules, policies: rules.breakGlass ?? [] };
}

/**
 * For what was signed: where no directory answers, people are as they were kept on this computer, for so long as that counts. Whoever
 * is not in there, or in none that is young enough, is not known: `directoryAway`, `snapshotOld`.
 */
export function rememberingDirectory(deps: Deps): Directory {
  const { directory, offline, store, rules } = deps;
  const remembered = async (id: string, away: JitError) => {
    const known = await offline?.snapshot.read();
    const person = known?.people.find((one) => one.id === id);
    if (!known || !person) throw away;
    const age = (await store.now()).at - known.at;
    const oldestMs = rules.glassKeys?.oldestMs ?? 0;
    if (age <= oldestMs) return person;
    throw new JitError('snapshotOld', { age: durationText(age), oldest: durationText(oldestMs) }, { cause: away });
  };
  return {
    person: (...asked) => directory.person(...asked),
    members: (group) => directory.members(group),
    find: (typed) => directory.find(typed),
    accountOf: (...asked) => directory.accountOf(...asked),
    reach: (person) => directory.reach(person),
    async byId(id, freshness) {
      try {
        return await directory.byId(id, freshness);
      } catch (error) {
        if (error instanceof JitError && error.code === 'directoryAway') return remembered(id, error);
        throw error;
      }
    },
  };
}
