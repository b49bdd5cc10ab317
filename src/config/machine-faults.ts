import { CLOUD_NAMES, type CloudName } from '../core/machine/machine.ts';

import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { didYouMean, notCalled } from './meant.ts';

/** One place of the file that says which machines are meant. */
export type KnownMachines = NonNullable<NonNullable<Known['protections']>[number]>['machines'];
type Selected = Exclude<NonNullable<KnownMachines>, string>;

/** What is wrong with the named sets. */
export function setFaults(config: Known): readonly Fault[] {
  return Object.entries(config.machines ?? {}).flatMap(([set, selected]) =>
    selected ? selectionFaults(config, selected, ['machines', set], 'all') : [],
  );
}

/** A name that leads nowhere, and machines that there cannot be. What selects nothing selects everything: that has to be written. */
export function machinesFaults(config: Known, given: KnownMachines, path: Fault['path']): readonly Fault[] {
  if (given === undefined) return [];
  if (typeof given !== 'string') return selectionFaults(config, given, path, 'some');
  const sets = config.machines ?? {};
  if (Object.hasOwn(sets, given)) return [];
  return [{ path, message: notCalled('machines', given, Object.keys(sets)) }];
}

function selectionFaults(config: Known, given: Selected, path: Fault['path'], least: 'some' | 'all'): readonly Fault[] {
  const parts = (key: 'any' | 'except') =>
    (given[key] ?? []).flatMap((one, i) => (one ? partFaults(config, one, [...path, key, i], 'some') : []));
  const own = partFaults(config, given, path, given.any || given.except ? 'all' : least);
  return [...own, ...parts('any'), ...parts('except')];
}

function partFaults(
  config: Known,
  given: Omit<Selected, 'any' | 'except'>,
  path: Fault['path'],
  least: 'some' | 'all',
): readonly Fault[] {
  const { cloud, account, subscription, project, region, group, network, unit, os, names = [], tags = {} } = given;
  const clouds: ReadonlyMap<string, CloudName> = new Map([
    ...(cloud ? [['cloud', cloud] as const] : []),
    ...(account === undefined ? [] : [['account', 'aws'] as const]),
    ...(subscription === undefined ? [] : [['subscription', 'azure'] as const]),
    ...(project === undefined ? [] : [['project', 'gcp'] as const]),
    ...(group === undefined ? [] : [['group', 'azure'] as const]),
  ]);
  const meant = [...new Set(clouds.values())];
  if (meant.length > 1)
    return [{ path, message: `no machine can be meant: ${[...clouds.keys()].join(' and ')} name different clouds` }];
  const isSaid = [region, network, unit, os].some((one) => one !== undefined) || names.length > 0;
  if (least === 'some' && meant.length === 0 && !isSaid && Object.keys(tags).length === 0)
    return [{ path, message: 'must select machines by names ("*" for all), tags, region, or cloud' }];
  const [only] = meant;
  if (only && !config[only])
    return [{ path, message: `${CLOUD_NAMES[only]} is not configured: add the section ${only}, or leave this out` }];
  return siteFaults(config, { account, subscription, project }, path);
}

/** IAM Identity Center is asked with the rights in the account that manages it. */
export function centerFaults(config: Known): readonly Fault[] {
  const account = config.aws?.identityCenter?.account;
  return siteFaults(config, { account, subscription: undefined, project: undefined }, ['aws', 'identityCenter']);
}

/** Accounts, subscriptions, and projects that Drawbridge does not serve. Those of an organization are known to AWS alone. */
function siteFaults(
  { aws, azure, gcp }: Known,
  { account, subscription, project }: Readonly<Record<'account' | 'subscription' | 'project', string | undefined>>,
  path: Fault['path'],
): readonly Fault[] {
  const isServed = aws?.organization || aws?.accounts?.some((one) => one?.id === undefined || one.id === account);
  const isKnown = azure?.subscriptions?.some(
    (one) => one?.id === undefined || one.id.toLowerCase() === subscription?.toLowerCase(),
  );
  return [
    ...(account === undefined || isServed
      ? []
      : [
          {
            path: [...path, 'account'],
            message: `no account with the ID ${account} is configured${didYouMean(account, idsOf(aws?.accounts))}`,
          },
        ]),
    ...(project === undefined || gcp?.projects?.some((one) => one === undefined || one === project)
      ? []
      : [
          {
            path: [...path, 'project'],
            message: `no project with the ID ${project} is configured${didYouMean(project, gcp?.projects?.filter((one) => one !== undefined) ?? [])}`,
          },
        ]),
    ...(subscription === undefined || isKnown
      ? []
      : [
          {
            path: [...path, 'subscription'],
            message: `no subscription with the ID ${subscription} is configured${didYouMean(subscription, idsOf(azure?.subscriptions))}`,
          },
        ]),
  ];
}

function idsOf(sites: readonly ({ readonly id?: string | undefined } | undefined)[] = []): readonly string[] {
  return sites.flatMap((site) => site?.id ?? []);
}
