import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import type { Aws } from './ec2/context.ts';
import { readGroups } from './ec2/read.ts';
import { groupName, isOurs } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { rightsOf } from './examine-rights.ts';
import { examineSessions } from './sessions/examine.ts';
import { examineUsage } from './usage/examine.ts';

/** Accounts and regions that are looked at. */
const MOST = 40;
/** Every role in every account and region: sign-in, reading, clock, and by dry runs what it may change. */
export async function examineAws(aws: Aws, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const listed = await organizationOf(aws, signal);
  const sites = aws.sites.all();
  const found = await Promise.all(sites.slice(0, MOST).map((site) => examineSite(aws, site, signal)));
  const more = sites.length - MOST;
  return [
    ...listed,
    ...found.flat(),
    ...(await entitlementsOf(aws, signal)),
    ...(await cuttingOf(aws, signal)),
    ...(more > 0
      ? [
          unknownAt(
            'AWS',
            `${more} more accounts and regions`,
            'They were not looked at.',
            'Run it with fewer of them.',
          ),
        ]
      : []),
  ];
}

/** Nothing where no organization is set. */
async function organizationOf({ sites, settings }: Aws, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  if (!settings.organization) return [];
  const [of, what] = ['AWS organization', 'list of accounts'];
  try {
    await sites.organization.list(signal);
    return [{ of, what, verdict: 'fine' }];
  } catch (error) {
    const remedy = 'Let the role of `aws.organization.lister`, or the program itself, call organizations:ListAccounts.';
    return [faultAt(of, what, meaningOf(error), remedy)];
  }
}

/** Nothing where IAM is not asked. One role of each account is enough. */
async function entitlementsOf(aws: Aws, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const { entitlement } = aws.settings;
  if (!entitlement) return [];
  const { examineEntitlement } = await import('./entitlement/examine.ts');
  const accounts = aws.sites.organization.accounts().slice(0, MOST);
  return Promise.all(accounts.map((account) => examineEntitlement(aws, account, entitlement, signal)));
}

/** Nothing where sessions are not cut. A role is the same in all regions of its account. */
async function cuttingOf(aws: Aws, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const { cutSessions } = aws.settings;
  if (!cutSessions) return [];
  const { examineSending } = await import('./sessions/examine-right.ts');
  const accounts = aws.sites.organization.accounts().slice(0, MOST);
  return Promise.all(accounts.map((account) => examineSending(aws, account, cutSessions, signal)));
}

async function examineSite(aws: Aws, site: Site, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const of = `AWS ${site.name}`;
  let ours: SecurityGroup | undefined;
  try {
    const filters = [{ Name: 'group-name', Values: [`${groupName(aws.installation, 'i-')}*`] }];
    for await (const group of readGroups(site, filters, signal)) if (isOurs(group, aws.installation)) ours ??= group;
  } catch (error) {
    return [
      faultAt(
        of,
        'sign-in and reading',
        meaningOf(error),
        'Create the roles of manifests/aws/roles.yaml there, and compare `aws.accounts`.',
      ),
    ];
  }
  const now = aws.now();
  const { cutSessions, flowLogs } = aws.settings;
  const usage = flowLogs ? await examineUsage(aws, site, signal) : [];
  const sessions = cutSessions ? await examineSessions(aws, site, cutSessions, signal) : [];
  const signedIn: Diagnosis = { of, what: 'sign-in and reading', verdict: 'fine' };
  const rights = ours
    ? await rightsOf(aws, site, ours, signal)
    : [
        unknownAt(
          of,
          'rights',
          'Without a protected machine there is nothing to try them on.',
          'Protect a machine, and run it again.',
        ),
      ];
  return [signedIn, clockOf(of, site.cloudNow(), now), ...rights, ...sessions, ...usage];
}
