import { isDeepStrictEqual } from 'node:util';
import { type Fault, twice } from './fault.ts';
import type { Known } from './lenient.ts';
import type { Config } from './schema.ts';

/** What is listed twice counts once: somebody, or something, else may be meant. */
export function twiceWarnings(config: Config): readonly Fault[] {
  const { policies, breakGlass, groups, protectors, security, readers, policyChanges } = config;
  return [
    ...twiceWithin({ policies, breakGlass, groups, protectors, security, readers, policyChanges }, []),
    ...sitesTwice(config),
  ];
}

/** Two entries of one place that say different things of it: one would be dropped, and nobody can tell which one is meant. */
export function twiceFaults({ aws, azure }: Known): readonly Fault[] {
  return [
    ...differing(aws?.accounts, ['aws', 'accounts']),
    ...differing(azure?.subscriptions, ['azure', 'subscriptions']),
  ];
}

function differing(
  list: readonly ({ readonly id?: string | undefined } | undefined)[] = [],
  path: Fault['path'],
): readonly Fault[] {
  return list.flatMap((one, i): readonly Fault[] => {
    const id = one?.id?.toLowerCase();
    const before = list.slice(0, i).find((other) => id !== undefined && other?.id?.toLowerCase() === id);
    if (!before || isDeepStrictEqual({ ...before, id }, { ...one, id })) return [];
    const message = `${one?.id} is listed twice, with different settings; keep one entry, with all that counts for it`;
    return [{ path: [...path, i], message }];
  });
}

/** Two entries that say the same. */
function sitesTwice({ aws, azure, gcp }: Config): readonly Fault[] {
  const ids = (list: readonly { readonly id: string }[] = []) => list.map(({ id }) => id.toLowerCase());
  return [
    ...twice(ids(aws?.accounts), ['aws', 'accounts'], 'id'),
    ...twice(ids(azure?.subscriptions), ['azure', 'subscriptions'], 'id'),
    ...twiceWithin({ gcp: { projects: gcp?.projects }, aws: { accounts: aws?.accounts } }, []),
    ...twiceWithin({ aws: { organization: { regions: aws?.organization?.regions } } }, []),
  ];
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
