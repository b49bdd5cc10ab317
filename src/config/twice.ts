import type { Fault } from './fault.ts';
import type { Config } from './schema.ts';

/** What is listed twice counts once: somebody else may be meant. */
export function twiceWarnings(config: Config): readonly Fault[] {
  const { policies, breakGlass, groups, protectors, security, readers, policyChanges } = config;
  return twiceWithin({ policies, breakGlass, groups, protectors, security, readers, policyChanges }, []);
}

function twiceWithin(value: unknown, path: Fault['path']): readonly Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, part]) => twiceWithin(part, [...path, key]));
  const list: readonly unknown[] = value;
  return list.flatMap((one, i): readonly Fault[] => {
    if (typeof one !== 'string') return twiceWithin(one, [...path, i]);
    // One for each word: twice a group is two of its people.
    const isCounted = path.at(-1) === 'allOf';
    return list.indexOf(one) < i && !isCounted ? [{ path: [...path, i], message: `${one} is listed twice` }] : [];
  });
}
