import { durationText } from '../core/language/duration.ts';
import type { Subject } from '../core/people/person.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { machinesFaults } from './machine-faults.ts';
import { placeFaults, subjectFaults } from './named.ts';
import { LONGEST_MS } from './schema.ts';
import { sourceListFaults } from './sources.ts';

type KnownRule = NonNullable<NonNullable<Known['breakGlass']>[number]>;

/** What is wrong with the rules for breaking glass: names, times, and people that there cannot be. */
export function glassFaults(config: Known): readonly Fault[] {
  const { breakGlass = [], policies = [] } = config;
  return breakGlass.flatMap((rule, i): readonly Fault[] => {
    if (!rule) return [];
    const path = ['breakGlass', i];
    const others = [...policies, ...breakGlass.slice(0, i)];
    const isTwice = rule.name !== undefined && others.some((one) => one?.name === rule.name);
    return [
      ...(isTwice ? [{ path: [...path, 'name'], message: `${rule.name} is listed twice` }] : []),
      ...subjectFaults(config, rule.who, [...path, 'who']),
      ...subjectFaults(config, rule.review?.by, [...path, 'review', 'by']),
      ...subjectFaults(config, rule.review?.then, [...path, 'review', 'then']),
      ...nobodyFaults(rule.who, [...path, 'who']),
      ...machinesFaults(config, rule.machines, [...path, 'machines']),
      ...sourceListFaults(rule.sources, config.sources ?? {}, [...path, 'sources']),
      ...placeFaults(config, rule.tell, [...path, 'tell']),
      ...timeFaults(config, rule, path),
    ];
  });
}

/** Whoever breaks the glass is somebody: a manager is one only to somebody else. */
function nobodyFaults(who: readonly (Subject | undefined)[] = [], path: Fault['path']): readonly Fault[] {
  return who.flatMap((subject, i): readonly Fault[] =>
    subject === 'manager' || subject === 'managersManager'
      ? [{ path: [...path, i], message: `${subject} is one only to somebody else; name people or groups` }]
      : [],
  );
}

function timeFaults({ lease }: Known, { upTo }: KnownRule, path: Fault['path']): readonly Fault[] {
  const shortest = lease?.shortest ?? 0;
  if (upTo === undefined) return [];
  if (upTo > LONGEST_MS) return [{ path: [...path, 'upTo'], message: 'must be 24h or less' }];
  const least = `must be at least lease.shortest (${durationText(shortest)})`;
  return upTo < shortest ? [{ path: [...path, 'upTo'], message: least }] : [];
}
