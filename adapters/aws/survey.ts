import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type ListAccountsCommandOutput,
  OrganizationsClient,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { AwsSurvey } from '../../src/ports/survey.ts';
import { asJitError } from './errors.ts';

const LIMIT_MS = 20 * SECOND_MS;

/** What the credentials at hand (the SDK's default chain) find in AWS; `endpoint` is that of an emulator. */
export function awsSurvey({ region, endpoint }: { readonly region: string; readonly endpoint?: string }): AwsSurvey {
  const config = { region, maxAttempts: 2, userAgentAppId: 'drawbridge', ...(endpoint ? { endpoint } : {}) };
  const within = <T>(signal: AbortSignal, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    callWithin({ signal, limitMs: LIMIT_MS, asError: asJitError }, work);
  return {
    caller: (signal) =>
      within(signal, async (abortSignal) => {
        const { Account = '', Arn = '' } = await new STSClient(config).send(new GetCallerIdentityCommand(), {
          abortSignal,
        });
        return { account: Account, arn: Arn };
      }),
    accounts: (signal) =>
      within(signal, async (abortSignal) => {
        const found: NonNullable<ListAccountsCommandOutput['Accounts']> = [];
        const client = new OrganizationsClient(config);
        for await (const { Accounts = [] } of paginateListAccounts({ client }, {}, { abortSignal }))
          found.push(...Accounts);
        // `Status` goes, and `State` comes, in September 2026 (Organizations API reference, Account).
        const active = found.filter(({ State, Status }) => (State ?? Status) === 'ACTIVE');
        return active.flatMap(({ Id, Name = '' }) => (Id === undefined ? [] : [{ id: Id, name: Name }]));
      }),
    regions: (signal) =>
      within(signal, async (abortSignal) => {
        const { Regions = [] } = await new EC2Client(config).send(new DescribeRegionsCommand(), { abortSignal });
        return Regions.flatMap(({ RegionName }) => RegionName ?? []).toSorted();
      }),
  };
}
