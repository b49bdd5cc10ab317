import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { isLoopback, isLoopbackHost } from './loopback.ts';
import { SHORTEST_REAL_MS } from './schema.ts';

type Endpoint = readonly [setting: string, url: string | undefined];

/** Settings that are safe only while nothing but loopback is called, or calls. */
export function loopbackFaults({ lease, http, slack, teams, azure, aws, gcp }: Known): Fault[] {
  const faults: Fault[] = [];
  const far = outside([
    ...(slack ? [['slack.apiUrl', slack.apiUrl] as const] : []),
    ...(teams ? teamsEndpoints(teams) : []),
    ...(azure ? azureEndpoints(azure) : []),
    ...(aws ? [['aws.endpoint', aws.endpoint ?? process.env.AWS_ENDPOINT_URL] as const] : []),
    ...(gcp ? [['gcp.endpoint', gcp.endpoint] as const] : []),
  ]);
  if (lease?.shortest !== undefined && lease.shortest < SHORTEST_REAL_MS && far.length > 0) {
    faults.push({
      path: ['lease', 'shortest'],
      message: `must be 5m or more unless every endpoint is loopback; these are not: ${far.join(', ')}`,
    });
  }
  if (teams?.validateTokens === false) {
    const teamsFar = [...outside(teamsEndpoints(teams)), ...(isLoopbackHost(http?.host ?? '') ? [] : ['http.host'])];
    if (teamsFar.length > 0)
      faults.push({
        path: ['teams', 'validateTokens'],
        message: `can be false only on loopback; these are not: ${teamsFar.join(', ')}`,
      });
  }
  return faults;
}

function teamsEndpoints(teams: NonNullable<Known['teams']>): readonly Endpoint[] {
  return [
    ['teams.serviceUrl', teams.serviceUrl],
    ...(teams.serviceUrls ?? []).map((url) => ['teams.serviceUrls', url] as const),
    ['teams.loginUrl', teams.loginUrl],
    ['teams.openIdMetadataUrl', teams.openIdMetadataUrl],
  ];
}

function azureEndpoints(azure: NonNullable<Known['azure']>): readonly Endpoint[] {
  return [
    ['azure.resourceManager', azure.resourceManager],
    ['azure.authority', azure.authority],
  ];
}

function outside(endpoints: readonly Endpoint[]): readonly string[] {
  return endpoints.filter(([, url]) => url === undefined || !isLoopback(url)).map(([setting]) => setting);
}
