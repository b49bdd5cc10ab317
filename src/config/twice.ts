import { type Fault, twice } from './fault.ts';
import type { Config } from './schema.ts';

/** What is listed twice counts once: somebody, or something, else may be meant. */
export function twiceWarnings(config: Config): readonly Fault[] {
  const { policies, breakGlass, groups, protectors, security, readers, policyChanges } = config;
  return [
    ...twiceWithin({ policies, breakGlass, groups, protectors, security, readers, policyChanges }, []),
    ...sitesTwice(config),
  ];
}

/** Of two entries with the same ID, one may say something else of it. */
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
