import { Refusal } from './errors.ts';
import type { GraphUser } from './graph-people.ts';
import type { Call } from './route.ts';

/** The application permissions that the tenant gave; a call without the right one is refused, or sees less. */
export type GraphRight =
  | 'User.ReadBasic.All'
  | 'User.Read.All'
  | 'GroupMember.Read.All'
  | 'Group.ReadBasic.All'
  | 'MailboxSettings.Read';

/** Without `$select` ("Get a user", default properties), as far as they are simulated. */
const DEFAULT = [
  'displayName',
  'id',
  'jobTitle',
  'mail',
  'officeLocation',
  'preferredLanguage',
  'userPrincipalName',
] as const;
/** What User.ReadBasic.All shows ("Graph permissions reference"), as far as it is simulated. */
const BASIC: readonly string[] = ['displayName', 'id', 'mail', 'userPrincipalName'];

const SELECTABLE: readonly (keyof GraphUser)[] = [
  ...DEFAULT,
  'accountEnabled',
  'userType',
  'creationType',
  'externalUserState',
  'department',
  'companyName',
  'country',
  'employeeType',
  'employeeOrgData',
];

export const bad = (message: string, code = 'Request_BadRequest'): Refusal => new Refusal(400, code, message);

export function mustHave(rights: readonly GraphRight[], ...one: readonly GraphRight[]): void {
  if (one.some((right) => rights.includes(right))) return;
  throw new Refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

/** The fields that were asked for, and that the rights show: others are not there at all, and no error says so. */
export function userWire(user: GraphUser, call: Call, rights: readonly GraphRight[]) {
  const wanted = call.query.get('$select')?.split(',') ?? DEFAULT;
  const unknown = wanted.find((name) => !(SELECTABLE as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw bad(`Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`, 'BadRequest');
  }
  const isFull = rights.includes('User.Read.All');
  const shown = wanted.filter((name) => isFull || BASIC.includes(name));
  return Object.fromEntries(shown.map((name) => [name, user[name as keyof GraphUser]]));
}

/** `mail eq 'x'`: the one form that is simulated. A single quote in the value is doubled. */
export function filterOf(call: Call, field: string): string {
  const filter = call.query.get('$filter') ?? '';
  const [, name, value] = /^(\w+) eq '((?:[^']|'')*)'$/.exec(filter) ?? [];
  if (name !== field || value === undefined) throw bad(`Invalid filter clause: ${filter}.`);
  return value.replaceAll("''", "'");
}

/** Casts, counts and searches are answered by an index that lags, and only to who says that they know ("Advanced query capabilities"). */
export function mustBeEventual(call: Call): void {
  const isTold = call.headers.consistencylevel === 'eventual' && call.query.get('$count') === 'true';
  if (!isTold)
    throw bad(
      'Request is not supported: the ConsistencyLevel header and $count are needed.',
      'Request_UnsupportedQuery',
    );
}

export function topOf(call: Call, usual: number): number {
  const given = call.query.get('$top');
  if (given === null) return usual;
  const top = Number(given);
  if (!Number.isInteger(top) || top < 1 || top > 999) throw bad(`Invalid page size specified: '${given}'.`);
  return top;
}
