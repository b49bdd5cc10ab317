import { durationText } from '../core/duration.ts';
import type { Subject } from '../core/person.ts';
import { isLoopback } from './loopback.ts';
import { type Config, LONGEST_MS, SHORTEST_REAL_MS } from './schema.ts';

export interface Fault {
  /** `policies[0].who[1]` */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What the shape alone cannot say: names that lead nowhere, settings that are safe only on loopback. */
export function crossCheck(config: Config): readonly Fault[] {
  return [...peopleFaults(config), ...policyFaults(config), ...chatFaults(config), ...loopbackFaults(config)];
}

function peopleFaults({ people, groups }: Config): Fault[] {
  const ids = new Set(people.map((person) => person.id));
  const faults = [
    ...twice(
      people.map((person) => person.id),
      ['people'],
      'id',
    ),
    ...twice(
      people.map((p) => p.slack),
      ['people'],
      'slack',
    ),
    ...twice(
      people.map((p) => p.entra?.toLowerCase()),
      ['people'],
      'entra',
    ),
  ];
  people.forEach((person, i) => {
    if (person.manager !== undefined && !ids.has(person.manager))
      faults.push({ path: ['people', i, 'manager'], message: `no person has the id ${person.manager}` });
    if (person.manager === person.id)
      faults.push({ path: ['people', i, 'manager'], message: 'nobody is their own manager' });
    if (person.address?.endsWith('/0'))
      faults.push({ path: ['people', i, 'address'], message: 'must be somebody’s own address, not everybody’s' });
  });
  for (const [group, members] of Object.entries(groups)) {
    members.forEach((member, i) => {
      if (!ids.has(member)) faults.push({ path: ['groups', group, i], message: `no person has the id ${member}` });
    });
  }
  return faults;
}

function policyFaults(config: Config): Fault[] {
  const faults = twice(
    config.policies.map((policy) => policy.name),
    ['policies'],
    'name',
  );
  const subjects = (list: readonly Subject[], path: readonly (string | number)[]) => {
    list.forEach((subject, i) => {
      const message = subjectFault(config, subject);
      if (message) faults.push({ path: [...path, i], message });
    });
  };
  subjects(config.protectors, ['protectors']);
  config.policies.forEach((policy, i) => {
    subjects(policy.who, ['policies', i, 'who']);
    subjects(policy.approvers, ['policies', i, 'approvers']);
    if (policy.who.includes('manager'))
      faults.push({ path: ['policies', i, 'who'], message: 'manager means an approver here; name people or groups' });
    policy.tell.forEach((place, j) => {
      if (!(place in config.places))
        faults.push({ path: ['policies', i, 'tell', j], message: `no place is called ${place}` });
    });
    if (policy.longest > LONGEST_MS) faults.push({ path: ['policies', i, 'longest'], message: 'must be 24h or less' });
    if (policy.longest < config.lease.shortest)
      faults.push({
        path: ['policies', i, 'longest'],
        message: `must be at least lease.shortest (${durationText(config.lease.shortest)})`,
      });
    const { names, tags, cloud } = policy.machines;
    if (names.length === 0 && Object.keys(tags).length === 0 && cloud === undefined)
      faults.push({
        path: ['policies', i, 'machines'],
        message: 'must say which machines: names ("*" for all), tags or cloud',
      });
  });
  return faults;
}

function subjectFault({ people, groups }: Config, subject: Subject): string | undefined {
  if (subject === 'manager') return undefined;
  const named = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('group:')) return named in groups ? undefined : `no group is called ${named}`;
  return people.some((person) => person.id === named) ? undefined : `no person has the id ${named}`;
}

function chatFaults({ slack, teams, azure, aws, places }: Config): Fault[] {
  const faults: Fault[] = [];
  if (!slack && !teams) faults.push({ path: [], message: 'must configure slack, teams or both' });
  if (!azure && !aws) faults.push({ path: [], message: 'must configure azure, aws or both' });
  if (slack?.mode === 'http' && !slack.signingSecret)
    faults.push({ path: ['slack', 'signingSecret'], message: 'is needed in mode http' });
  if (slack?.mode === 'socket' && !slack.appToken)
    faults.push({ path: ['slack', 'appToken'], message: 'is needed in mode socket' });
  if (aws && Boolean(aws.accessKeyId) !== Boolean(aws.secretAccessKey))
    faults.push({ path: ['aws'], message: 'accessKeyId and secretAccessKey go together' });
  for (const [place, where] of Object.entries(places)) {
    if ('slack' in where && !slack) faults.push({ path: ['places', place], message: 'slack is not configured' });
    if ('teams' in where && !teams) faults.push({ path: ['places', place], message: 'teams is not configured' });
  }
  return faults;
}

/** Every endpoint that the program would call or be called from, with its setting. */
function endpoints(
  { slack, teams, azure, aws }: Config,
  env: NodeJS.ProcessEnv,
): readonly (readonly [string, string | undefined])[] {
  return [
    ...(slack ? [['slack.apiUrl', slack.apiUrl] as const] : []),
    ...(teams ? teamsEndpoints(teams) : []),
    ...(azure
      ? ([
          ['azure.resourceManager', azure.resourceManager],
          ['azure.authority', azure.authority],
        ] as const)
      : []),
    ...(aws ? ([['aws.endpoint', aws.endpoint ?? env.AWS_ENDPOINT_URL]] as const) : []),
  ];
}

function teamsEndpoints(teams: NonNullable<Config['teams']>): readonly (readonly [string, string])[] {
  const { serviceUrl, serviceUrls, loginUrl, openIdMetadataUrl } = teams;
  return [
    ['teams.serviceUrl', serviceUrl],
    ...serviceUrls.map((url) => ['teams.serviceUrls', url] as const),
    ['teams.loginUrl', loginUrl],
    ['teams.openIdMetadataUrl', openIdMetadataUrl],
  ];
}

function loopbackFaults(config: Config): Fault[] {
  const faults: Fault[] = [];
  const outside = (list: readonly (readonly [string, string | undefined])[]) =>
    list.filter(([, url]) => url === undefined || !isLoopback(url)).map(([setting]) => setting);
  const far = outside(endpoints(config, process.env));
  if (config.lease.shortest < SHORTEST_REAL_MS && far.length > 0) {
    faults.push({
      path: ['lease', 'shortest'],
      message: `must be 5m or more unless every endpoint is loopback; these are not: ${far.join(', ')}`,
    });
  }
  if (config.teams && !config.teams.validateTokens) {
    const teamsFar = [
      ...outside(teamsEndpoints(config.teams)),
      ...(isLoopback(`http://${config.http.host}`) ? [] : ['http.host']),
    ];
    if (teamsFar.length > 0)
      faults.push({
        path: ['teams', 'validateTokens'],
        message: `may be off only on loopback; these are not: ${teamsFar.join(', ')}`,
      });
  }
  return faults;
}

function twice(values: readonly (string | undefined)[], path: readonly (string | number)[], field: string): Fault[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    if (value === undefined || !seen.has(value)) {
      if (value !== undefined) seen.add(value);
      return [];
    }
    return [{ path: [...path, i, field], message: `${value} is there twice` }];
  });
}
