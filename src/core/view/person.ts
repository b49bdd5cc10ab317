import { type Line, tidy } from '../language/text.ts';
import { type DirectoryName, isDirectoryGroup, type Person } from '../people/person.ts';

/** What somebody is known as, and through what. */
export interface PersonShown {
  readonly person: Person;
  /** Names of people by id, as far as they are known. */
  readonly names: ReadonlyMap<string, string>;
}

const LONGEST = 200;
const NAMES: Readonly<Record<DirectoryName, string>> = {
  file: 'drawbridge.yaml',
  entra: 'Entra ID',
  slack: 'Slack',
  identityCenter: 'IAM Identity Center',
  owner: 'a link of their own',
};
/** What is told of where it came from. */
const FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  manager: 'manager',
  attributes: 'attributes',
  entra: 'Entra account',
  slack: 'Slack account',
  identityCenter: 'user name in IAM Identity Center',
  address: 'address',
  zone: 'time zone',
  language: 'language',
  away: 'out of office',
};

/** A person in a few lines, for themselves and for whoever runs the program. */
export function personLines({ person, names }: PersonShown): readonly Line[] {
  const { id, name, slack, entra, groups, attributes = {}, zone, away, address } = person;
  const state = [
    ...(person.disabled ? ['disabled: may do nothing'] : []),
    ...(person.guest ? ['a guest'] : []),
    ...(away === undefined ? [] : [away ? 'out of office' : 'not out of office']),
  ];
  const accounts = [
    ...(slack ? [`Slack \`${slack}\``] : []),
    ...(entra ? [`Entra \`${entra}\``] : []),
    ...(person.identityCenter ? [`IAM Identity Center \`${tidy(person.identityCenter, LONGEST)}\``] : []),
  ];
  const known = Object.entries(attributes).map(([key, value]) => `${key}: ${tidy(value, LONGEST)}`);
  const more = [...known, ...(zone ? [`time zone: ${zone}`] : []), ...(address ? [`address: ${address}`] : [])];
  return [
    [{ person: id, name }, `: \`person:${id}\``, ...(state.length > 0 ? [`, ${state.join(', ')}`] : []), '.'],
    [`Accounts: ${accounts.join(', ') || 'none'}.`],
    managersLine(person, names),
    [`Groups that policies name: ${groups.map(groupText).join(', ') || 'none'}.`],
    ...(more.length > 0 ? [[`${more.join('; ')}.`]] : []),
    ...sources(person),
  ];
}

function managersLine({ id, manager, above = [] }: Person, names: ReadonlyMap<string, string>): Line {
  if (manager === undefined) return ['Manager: none.'];
  const shown = (one: string) => ({ person: one, name: names.get(one) ?? one });
  if (above.includes(id)) return ['Manager: ', shown(manager), ', who counts as none: they are in a circle.'];
  const next = above.flatMap((one) => [', above them ', shown(one)]);
  return ['Manager: ', shown(manager), ...next, '.'];
}

/** `ops` of the file is `group:ops` in policies. */
function groupText(group: string): string {
  return `\`${isDirectoryGroup(group) ? group : `group:${group}`}\``;
}

function sources({ origins = {} }: Person): readonly Line[] {
  const from = new Map<DirectoryName, { fields: string[]; at: number }>();
  for (const [field, origin] of Object.entries(origins)) {
    const word = FIELDS[field];
    if (!word) continue;
    const one = from.get(origin.from) ?? { fields: [], at: origin.at };
    from.set(origin.from, { ...one, fields: [...one.fields, word] });
  }
  if (from.size === 0) return [['From drawbridge.yaml.']];
  return [...from].map(([directory, { fields, at }]) =>
    directory === 'file'
      ? [`From ${NAMES[directory]}: ${fields.join(', ')}.`]
      : [`From ${NAMES[directory]} at `, { at }, `: ${fields.join(', ')}.`],
  );
}
