import { alarmFaults } from './alarm-faults.ts';
import { apiFaults } from './api-faults.ts';
import { boardFaults } from './board-faults.ts';
import { botCredentialFaults } from './bot-credential-faults.ts';
import { glassFaults } from './break-glass-faults.ts';
import { loopbackFaults } from './endpoints.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { centerFaults, setFaults } from './machine-faults.ts';
import { placeFaults, subjectFaults } from './named.ts';
import { scheduleFaults } from './on-call.ts';
import { peopleFaults } from './people-faults.ts';
import { policyFaults } from './policies.ts';
import { protectionFaults } from './protections.ts';
import { redisFaults } from './redis-address.ts';
import { serviceFaults } from './service-faults.ts';
import { sourceFaults } from './sources.ts';
import { twiceFaults } from './twice.ts';
import { webFaults } from './web-faults.ts';

/** What the shape alone cannot say: names that lead nowhere, settings that are safe only on loopback. */
export function crossCheck(config: Known): readonly Fault[] {
  return [
    ...peopleFaults(config),
    ...sourceFaults(config),
    ...rightsFaults(config),
    ...setFaults(config),
    ...scheduleFaults(config.onCall),
    ...policyFaults(config),
    ...glassFaults(config),
    ...alarmFaults(config),
    ...protectionFaults(config),
    ...centerFaults(config),
    ...chatFaults(config),
    ...redisFaults(config),
    ...webFaults(config),
    ...boardFaults(config),
    ...apiFaults(config),
    ...serviceFaults(config),
    ...loopbackFaults(config),
    ...twiceFaults(config),
    ...hookFaults(config),
  ];
}

function rightsFaults(config: Known): readonly Fault[] {
  const { protectors, security, digest, operators } = config;
  return [
    ...subjectFaults(config, protectors, ['protectors']),
    ...subjectFaults(config, security, ['security']),
    ...placeFaults(config, digest?.tell, ['digest', 'tell']),
    ...placeFaults(config, operators, ['operators']),
    ...subjectFaults(config, config.policyChanges?.owners, ['policyChanges', 'owners']),
    ...placeFaults(config, config.policyChanges?.tell, ['policyChanges', 'tell']),
  ];
}

function chatFaults({ slack, teams, azure, aws, gcp, places = {} }: Known): Fault[] {
  const faults: Fault[] = [];
  if (!slack && !teams)
    faults.push({
      path: [],
      message: 'must configure slack, teams, or both: add the section (docs/policy.md begins with a whole file)',
    });
  if (!azure && !aws && !gcp)
    faults.push({
      path: [],
      message: 'must configure azure, aws, or gcp: add the section (docs/policy.md begins with a whole file)',
    });
  if (slack?.mode === 'http' && !slack.signingSecret)
    faults.push({ path: ['slack', 'signingSecret'], message: 'is required when mode is http' });
  if (slack?.mode === 'socket' && !slack.appToken)
    faults.push({ path: ['slack', 'appToken'], message: 'is required when mode is socket' });
  faults.push(...botCredentialFaults({ teams }));
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

/** Whole batches have every event. */
function hookFaults({ audit }: Known): readonly Fault[] {
  return (audit?.https ?? []).flatMap((one, i) =>
    one?.events && one.kind !== undefined && one.kind !== 'events'
      ? [{ path: ['audit', 'https', i, 'events'], message: 'is only for kind: events' }]
      : [],
  );
}

/** The partition of a region, as it stands in ARNs. */
export function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}

/** Accounts, their roles and their regions are in one partition, and none can be assumed from another ("Amazon Resource Names"). */
function partitionFaults(aws: Known['aws']): Fault[] {
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
