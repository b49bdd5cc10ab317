import { z } from 'zod';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { tidy } from '../../../src/core/language/text.ts';
import type { Attribute } from '../../../src/core/people/attribute.ts';
import type { Account } from '../../../src/ports/accounts.ts';
import { away, ENTRA } from './wire.ts';

/** What is always selected: without `$select`, Graph leaves out the state of the account, and does not say so ("Get a user"). */
export const SELECT = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'accountEnabled',
  'userType',
  'creationType',
  'externalUserState',
  'department',
  'companyName',
  'jobTitle',
  'officeLocation',
  'country',
  'employeeType',
  'employeeOrgData',
  'preferredLanguage',
].join(',');

const LONGEST_NAME = 80;
const text = z.string().nullish();
const shape = z.object({
  id: z.uuid(),
  displayName: text,
  mail: text,
  userPrincipalName: text,
  // A field that may not be read is not there at all: then nobody knows whether the account works.
  accountEnabled: z.boolean().optional(),
  userType: text,
  creationType: text,
  externalUserState: text,
  department: text,
  companyName: text,
  jobTitle: text,
  officeLocation: text,
  country: text,
  employeeType: text,
  employeeOrgData: z.object({ costCenter: text }).nullish(),
  preferredLanguage: text,
});

/** An account from what Graph says of it. Throws `directoryRights` when too little may be read, `directoryAway` for what is no user. */
export function accountOf(body: unknown): Omit<Account, 'groups'> & { readonly id: string } {
  const read = shape.safeParse(body);
  if (!read.success) throw away(say`gives a user that cannot be read`, { cause: read.error });
  const user = read.data;
  if (user.accountEnabled === undefined)
    throw new JitError('directoryRights', {
      directory: ENTRA,
      what: say`whether accounts work`,
      right: 'User.Read.All',
    });
  return {
    id: user.id.toLowerCase(),
    // Somebody else wrote it.
    name: tidy(user.displayName || user.userPrincipalName || user.id, LONGEST_NAME),
    disabled: !user.accountEnabled,
    guest: isGuest(user),
    ...(user.mail ? { mail: user.mail.toLowerCase() } : {}),
    ...(user.preferredLanguage ? { language: user.preferredLanguage } : {}),
    attributes: attributesOf(user),
  };
}

type User = z.output<typeof shape>;

/** An invited person may be a Member, and one of the house a Guest: whoever comes from elsewhere is one either way. */
function isGuest({ userType, creationType, externalUserState, userPrincipalName }: User): boolean {
  return (
    userType !== 'Member' ||
    creationType === 'Invitation' ||
    (externalUserState ?? undefined) !== undefined ||
    (userPrincipalName ?? '').includes('#EXT#')
  );
}

function attributesOf(user: User): Readonly<Partial<Record<Attribute, string>>> {
  const { department, companyName, jobTitle, officeLocation, country, employeeType } = user;
  const own = { department, companyName, jobTitle, officeLocation, country, employeeType };
  const all = { ...own, costCenter: user.employeeOrgData?.costCenter };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
}
