import { AwsError } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OrganizationAccount {
  readonly id: string;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE';
  /** The unit that it is in: right below the root unless told. */
  readonly unit?: string;
}

export interface Organization {
  readonly accounts: OrganizationAccount[];
  /** What each unit is in, by its id. */
  readonly units: Map<string, string>;
}

export const ROOT = 'r-sim1';
/** Accounts on one page. */
const PAGE = 2;

/** AWS Organizations, of the management account or a delegated administrator. */
export function organizationCall({ accounts, units }: Organization, action: string, input: Json): Json {
  switch (action) {
    case 'ListAccounts':
      return listAccounts(accounts, input);
    case 'ListRoots':
      onlyWith(input, 'NextToken', 'MaxResults');
      return { Roots: [{ Id: ROOT, Name: 'Root', PolicyTypes: [] }] };
    case 'ListOrganizationalUnitsForParent': {
      const parent = parentOf(units, input);
      const below = [...units].filter(([, above]) => above === parent).map(([Id]) => ({ Id, Name: Id }));
      return { OrganizationalUnits: pageOf(below, input), ...nextOf(below, input) };
    }
    case 'ListAccountsForParent': {
      const parent = parentOf(units, input);
      const below = accounts
        .filter(({ unit = ROOT }) => unit === parent)
        .map(({ id, state }) => ({ Id: id, State: state }));
      return { Accounts: pageOf(below, input), ...nextOf(below, input) };
    }
    default:
      throw new AwsError('UnknownOperationException', `There is no ${action}.`);
  }
}

function parentOf(units: Organization['units'], input: Json): string {
  onlyWith(input, 'ParentId', 'NextToken', 'MaxResults');
  const id = String(input.ParentId);
  if (!/^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/.test(id))
    throw new AwsError('InvalidInputException', 'You specified an invalid value for ParentId.');
  if (id !== ROOT && !units.has(id))
    throw new AwsError('ParentNotFoundException', 'You specified parent that does not exist.');
  return id;
}

function onlyWith(input: Json, ...names: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidInputException', `The parameter ${unknown} is not known here.`);
}

const pageOf = <T>(rows: readonly T[], { NextToken }: Json) =>
  rows.slice(Number(NextToken ?? 0), Number(NextToken ?? 0) + PAGE);
const nextOf = (rows: readonly unknown[], { NextToken }: Json) =>
  Number(NextToken ?? 0) + PAGE < rows.length ? { NextToken: String(Number(NextToken ?? 0) + PAGE) } : {};

function listAccounts(accounts: readonly OrganizationAccount[], input: Json): Json {
  onlyWith(input, 'NextToken', 'MaxResults');
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
