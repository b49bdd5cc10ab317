import { durationText } from '../core/language/duration.ts';
import { partsOf, type Subject } from '../core/people/person.ts';
import { loopbackFaults } from './endpoints.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { protectionFaults } from './protections.ts';
import { redisFaults } from './redis-address.ts';
import { LONGEST_MS } from './schema.ts';
import { sourceFaults } from './sources.ts';

/** What the shape alone cannot say: names that lead nowhere, settings that are safe only on loopback. */
export function crossCheck(config: Known): readonly Fault[] {
  return [
    ...peopleFaults(config),
    ...sourceFaults(config),
    ...policyFaults(config),
    ...protectionFaults(config),
    ...chatFaults(config),
    ...redisFaults(config),
    ...loopbackFaults(config),
  ];
}

function peopleFaults({ people = [], groups = {} }: Known): Fault[] {
  const ids = new Set(people.map((person) => person?.id));
  const faults = [
    ...twice(
      people.map((person) => person?.id),
      ['people'],
      'id',
    ),
    ...twice(
      people.map((person) => person?.slack),
      ['people'],
      'slack',
    ),
    ...twice(
      people.map((person) => person?.entra?.toLowerCase()),
      ['people'],
      'entra',
    ),
  ];
  people.forEach((person, i) => {
    if (person?.manager !== undefined && !ids.has(person.manager))
      faults.push({ path: ['people', i, 'manager'], message: `no person has the id ${person.manager}` });
    if (person?.manager !== undefined && person.manager === person.id)
      faults.push({ path: ['people', i, 'manager'], message: 'a person cannot be their own manager' });
    if (person?.address?.endsWith('/0'))
      faults.push({ path: ['people', i, 'address'], message: 'must be one person’s address, not every address' });
  });
  for (const [group, members] of Object.entries(groups)) {
    members?.forEach((member, i) => {
      if (member !== undefined && !ids.has(member))
        faults.push({ path: ['groups', group, i], message: `no person has the id ${member}` });
    });
  }
  return faults;
}

function policyFaults(config: Known): Fault[] {
  const { policies = [], protectors = [], security = [], places = {}, lease, digest, operators } = config;
  const faults = twice(
    policies.map((policy) => policy?.name),
    ['policies'],
    'name',
  );
  const subjects = (list: readonly (Subject | undefined)[] = [], path: readonly (string | number)[]) => {
    list.forEach((subject, i) => {
      const message = subject && subjectFault(config, subject);
      if (message) faults.push({ path: [...path, i], message });
    });
  };
  subjects(protectors, ['protectors']);
  subjects(security, ['security']);
  const placesIn = (list: readonly (string | undefined)[] = [], path: readonly (string | number)[]) => {
    list.forEach((place, i) => {
      if (place !== undefined && !Object.hasOwn(places, place))
        faults.push({ path: [...path, i], message: `no place is called ${place}` });
    });
  };
  placesIn(digest?.tell, ['digest', 'tell']);
  placesIn(operators, ['operators']);
  policies.forEach((policy, i) => {
    const { who, approvers, tell, longest, machines } = policy ?? {};
    subjects(who, ['policies', i, 'who']);
    subjects(approvers, ['policies', i, 'approvers']);
    for (const above of ['manager', 'managersManager'] as const) {
      if (who?.includes(above))
        faults.push({
          path: ['policies', i, 'who'],
          message: `${above} can only be an approver; name people or groups`,
        });
    }
    placesIn(tell, ['policies', i, 'tell']);
    if (longest !== undefined && longest > LONGEST_MS)
      faults.push({ path: ['policies', i, 'longest'], message: 'must be 24h or less' });
    if (longest !== undefined && lease?.shortest !== undefined && longest < lease.shortest)
      faults.push({
        path: ['policies', i, 'longest'],
        message: `must be at least lease.shortest (${durationText(lease.shortest)})`,
      });
    if (machines?.names?.length === 0 && Object.keys(machines.tags ?? {}).length === 0 && machines.cloud === undefined)
      faults.push({
        path: ['policies', i, 'machines'],
        message: 'must select machines by names ("*" for all), tags, or cloud',
      });
  });
  return faults;
}

function subjectFault({ people = [], groups = {} }: Known, subject: Subject): string | undefined {
  if (subject === 'manager' || subject === 'managersManager') return undefined;
  const [kind, named] = partsOf(subject);
  if (kind === 'group') return Object.hasOwn(groups, named) ? undefined : `no group is called ${named}`;
  if (kind !== 'person') return undefined;
  return people.some((person) => person?.id === named) ? undefined : `no person has the id ${named}`;
}

function chatFaults({ slack, teams, azure, aws, places = {} }: Known): Fault[] {
  const faults: Fault[] = [];
  if (!slack && !teams) faults.push({ path: [], message: 'must configure slack, teams, or both' });
  if (!azure && !aws) faults.push({ path: [], message: 'must configure azure, aws, or both' });
  if (slack?.mode === 'http' && !slack.signingSecret)
    faults.push({ path: ['slack', 'signingSecret'], message: 'is required when mode is http' });
  if (slack?.mode === 'socket' && !slack.appToken)
    faults.push({ path: ['slack', 'appToken'], message: 'is required when mode is socket' });
  if (aws && (aws.accounts ?? []).length === 0 && !aws.organization)
    faults.push({ path: ['aws'], message: 'must have accounts or an organization' });
  if (aws && Boolean(aws.accessKeyId) !== Boolean(aws.secretAccessKey))
    faults.push({ path: ['aws'], message: 'accessKeyId and secretAccessKey must be set together' });
  faults.push(...partitionFaults(aws));
  for (const [place, where = {}] of Object.entries(places)) {
    if ('slack' in where && !slack) faults.push({ path: ['places', place], message: 'slack is not configured' });
    if ('teams' in where && !teams) faults.push({ path: ['places', place], message: 'teams is not configured' });
  }
  return faults;
}

/** Accounts, their roles and their regions are in one partition, and none can be assumed from another ("Amazon Resource Names"). */
function partitionFaults(aws: Known['aws']): Fault[] {
  const partitionOf = (region: string) =>
    region.startsWith('us-gov-') ? 'aws-us-gov' : region.startsWith('cn-') ? 'aws-cn' : 'aws';
  return (aws?.accounts ?? []).flatMap((account, i) => {
    const regions = (account?.regions ?? []).filter((region) => region !== undefined);
    const roles = [account?.role?.arn, account?.onboarder?.arn].flatMap((arn) => arn?.split(':')[1] ?? []);
    const all = new Set([...regions.map(partitionOf), ...roles]);
    return all.size > 1
      ? [
          {
            path: ['aws', 'accounts', i],
            message: `regions and roles belong to different partitions: ${[...all].join(', ')}`,
          },
        ]
      : [];
  });
}

function twice(values: readonly (string | undefined)[], path: readonly (string | number)[], field: string): Fault[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    if (value === undefined || !seen.has(value)) {
      if (value !== undefined) seen.add(value);
      return [];
    }
    return [{ path: [...path, i, field], message: `${value} is listed twice` }];
  });
}
