import type { Instant } from '../../src/core/language/instant.ts';
import { fileGroups, type GroupTable } from '../../src/core/people/groups.ts';
import type { DirectoryName, Origin, Person } from '../../src/core/people/person.ts';
import type { Account } from '../../src/ports/accounts.ts';
import type { InAws } from './in-aws.ts';
import type { Linked } from './links.ts';

export interface Accounted {
  readonly linked: Linked;
  readonly entra?: Account | undefined;
  readonly slack?: Account | undefined;
  readonly inAws?: InAws | undefined;
  /** Was Entra asked for the account that is linked? */
  readonly askedEntra: boolean;
  readonly askedSlack: boolean;
}

export interface Merging {
  readonly groups: GroupTable;
  /** The id of drawbridge.yaml of whoever has this Entra object id; the object id for all others. */
  idOf(entra: string): string;
}

/** One record of one human. What the file says goes before what a directory says; undefined when nobody knows them any more. */
export function merged({ linked, ...found }: Accounted, { groups, idOf }: Merging, at: Instant): Person | undefined {
  const { file } = linked;
  const { entra, slack, inAws } = found;
  const id = file?.id ?? (linked.entra === undefined ? linked.slack : linked.entra);
  const first = entra ?? (linked.entra === undefined ? slack : undefined);
  if (id === undefined || (!file && !first)) return undefined;
  const isGone = (found.askedEntra && !entra) || (linked.entra === undefined && found.askedSlack && !slack);
  const isDisabled = isGone || first?.disabled === true || inAws?.disabled === true;
  const own = fileFields(file, linked);
  const { manager, above, ...others } = entraFields(entra, idOf);
  // A manager of the file is followed in the file: whose manager that one is, it says too.
  const theirs = { ...(own.manager === undefined ? defined({ manager, above }) : {}), ...others };
  const words = [...(entra?.groups ?? []), ...(slack?.groups ?? []), ...(inAws?.groups ?? [])];
  const awsFields = inAws ? { identityCenter: inAws.userName } : {};
  const ids = [id, ...(linked.entra === undefined ? [] : [linked.entra]), ...(linked.slack ? [linked.slack] : [])];
  return {
    ...slackFields(slack),
    ...theirs,
    ...awsFields,
    ...own,
    id,
    name: file?.name ?? first?.name ?? id,
    groups: [...fileGroups(groups, ids, words), ...words],
    ...(isDisabled ? { disabled: true } : {}),
    ...(first?.guest ? { guest: true } : {}),
    origins: {
      ...origins({ file: own, identityCenter: awsFields, entra: theirs, slack: slackFields(slack) }, at),
      ...(linked.isByOwner ? { slack: { from: 'owner' as const, at } } : {}),
    },
  };
}

function defined({ manager, above }: Pick<Partial<Person>, 'manager' | 'above'>): Partial<Person> {
  return { ...(manager === undefined ? {} : { manager }), ...(above === undefined ? {} : { above }) };
}

function fileFields(file: Person | undefined, { entra, slack }: Linked): Partial<Person> {
  const { groups: _, ...rest } = file ?? { groups: [] };
  return { ...rest, ...(entra === undefined ? {} : { entra }), ...(slack === undefined ? {} : { slack }) };
}

function entraFields(account: Account | undefined, idOf: Merging['idOf']): Partial<Person> {
  if (!account) return {};
  const { manager, above, attributes, identityCenter, zone, language, away } = account;
  return {
    name: account.name,
    ...(manager === undefined ? {} : { manager: idOf(manager) }),
    ...(above === undefined ? {} : { above: above.map(idOf) }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(identityCenter === undefined ? {} : { identityCenter }),
    ...(zone === undefined ? {} : { zone }),
    ...(language === undefined ? {} : { language }),
    ...(away === undefined ? {} : { away }),
  };
}

function slackFields(account: Account | undefined): Partial<Person> {
  if (!account) return {};
  const { name, zone, language } = account;
  return { name, ...(zone === undefined ? {} : { zone }), ...(language === undefined ? {} : { language }) };
}

/** The last that says a field counts. */
function origins(
  {
    file,
    identityCenter,
    entra,
    slack,
  }: Readonly<Record<'file' | 'identityCenter' | 'entra' | 'slack', Partial<Person>>>,
  at: Instant,
): Readonly<Record<string, Origin>> {
  const of = (from: DirectoryName, fields: Partial<Person>) =>
    Object.fromEntries(Object.keys(fields).map((field) => [field, { from, at }]));
  return { ...of('slack', slack), ...of('entra', entra), ...of('identityCenter', identityCenter), ...of('file', file) };
}
