import { commas, say, semicolons } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { type DirectoryName, isDirectoryGroup, type Person } from '../people/person.ts';

/** What somebody is known as, and through what. */
export interface PersonShown {
  readonly person: Person;
  /** Names of people by id, as far as they are known. */
  readonly names: ReadonlyMap<string, string>;
}

const LONGEST = 200;
const NAMES: Readonly<Record<DirectoryName, Phrase>> = {
  file: 'drawbridge.yaml',
  entra: say`Entra ID`,
  slack: say`Slack`,
  identityCenter: say`IAM Identity Center`,
  owner: say`a link of their own`,
};
/** What is told of where it came from. */
const FIELDS: Readonly<Record<string, Phrase>> = {
  name: say`name`,
  manager: say`manager`,
  attributes: say`attributes`,
  entra: say`Entra account`,
  slack: say`Slack account`,
  identityCenter: say`user name in IAM Identity Center`,
  address: say`address`,
  zone: say`time zone`,
  language: say`language`,
  away: say`out of office`,
};

/** A person in a few lines, for themselves and for whoever runs the program. */
export function personLines({ person, names }: PersonShown): readonly Line[] {
  const { id, name, slack, entra, groups, attributes = {}, zone, away, address } = person;
  const state = [
    ...(person.disabled ? [say`disabled: may do nothing`] : []),
    ...(person.guest ? [say`a guest`] : []),
    ...(away === undefined ? [] : [away ? say`out of office` : say`not out of office`]),
  ];
  const accounts = [
    ...(slack ? [say`Slack \`${slack}\``] : []),
    ...(entra ? [say`Entra \`${entra}\``] : []),
    ...(person.identityCenter ? [say`IAM Identity Center \`${tidy(person.identityCenter, LONGEST)}\``] : []),
  ];
  if (person.owner !== undefined) return serviceLines(person, names);
  const known = Object.entries(attributes).map(([key, value]) => `${key}: ${tidy(value, LONGEST)}`);
  const more = [...known, ...(zone ? [say`time zone: ${zone}`] : []), ...(address ? [say`address: ${address}`] : [])];
  return [
    [say`${{ person: id, name }}: \`person:${id}\`${state.length > 0 ? [say`, ${commas(state)}`] : []}.`],
    [say`Accounts: ${accounts.length > 0 ? commas(accounts) : say`none`}.`],
    managersLine(person, names),
    [say`Groups that policies name: ${groups.length > 0 ? commas(groups.map(groupText)) : say`none`}.`],
    ...(more.length > 0 ? [[say`${semicolons(more)}.`]] : []),
    ...sources(person),
  ];
}

/** No person, though policies name it as one: somebody answers for it, and decides nothing of it. */
function serviceLines(
  { id, name, owner = '', manager, disabled }: Person,
  names: ReadonlyMap<string, string>,
): readonly Line[] {
  const shown = (one: string) => ({ person: one, name: names.get(one) ?? one });
  const whose = say`a service of ${shown(owner)}`;
  return [
    [
      say`${{ person: id, name }}: \`person:${id}\`, ${disabled ? say`${whose}, who is disabled or gone: may do nothing` : whose}.`,
    ],
    [manager === undefined ? say`Manager: none.` : say`Manager: ${shown(manager)}, as of ${shown(owner)}.`],
    [say`It has no account and no groups: policies that name it cover it, and no other does.`],
    [say`It requests, and takes back or closes what it requested; it never decides.`],
  ];
}

function managersLine({ id, manager, above = [] }: Person, names: ReadonlyMap<string, string>): Line {
  if (manager === undefined) return [say`Manager: none.`];
  const shown = (one: string) => ({ person: one, name: names.get(one) ?? one });
  if (above.includes(id)) return [say`Manager: ${shown(manager)}, who counts as none: they are in a circle.`];
  const next = above.flatMap((one) => [say`, above them ${shown(one)}`]);
  return [say`Manager: ${shown(manager)}${next}.`];
}

/** `ops` of the file is `group:ops` in policies. */
function groupText(group: string): string {
  return `\`${isDirectoryGroup(group) ? group : `group:${group}`}\``;
}

function sources({ origins = {} }: Person): readonly Line[] {
  const from = new Map<DirectoryName, { fields: Phrase[]; at: number }>();
  for (const [field, origin] of Object.entries(origins)) {
    const word = FIELDS[field];
    if (!word) continue;
    const one = from.get(origin.from) ?? { fields: [], at: origin.at };
    from.set(origin.from, { ...one, fields: [...one.fields, word] });
  }
  if (from.size === 0) return [[say`From drawbridge.yaml.`]];
  return [...from].map(([directory, { fields, at }]) =>
    directory === 'file'
      ? [say`From ${NAMES[directory]}: ${commas(fields)}.`]
      : [say`From ${NAMES[directory]} at ${{ at }}: ${commas(fields)}.`],
  );
}
