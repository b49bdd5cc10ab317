import { AwsError } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OrganizationAccount {
  readonly id: string;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE';
}

/** Accounts on one page. */
const PAGE = 2;

/** ListAccounts, of the management account or a delegated administrator. */
export function listAccounts(accounts: readonly OrganizationAccount[], input: Json): Json {
  const unknown = Object.keys(input).find((name) => !['NextToken', 'MaxResults'].includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidInputException', `The parameter ${unknown} is not known here.`);
  const from = Number(input.NextToken ?? 0);
  const rows = accounts.slice(from, from + PAGE);
  const next = from + PAGE < accounts.length ? { NextToken: String(from + PAGE) } : {};
  return {
    Accounts: rows.map(({ id, state }) => ({
      Id: id,
      Arn: `arn:aws:organizations::${accounts[0]?.id}:account/o-simulated/${id}`,
      Name: `account-${id}`,
      State: state,
      JoinedMethod: 'CREATED',
    })),
    ...next,
  };
}
