import { ATTRIBUTES } from '../core/people/attribute.ts';
import { type GroupSubject, isDirectoryGroup, isGroupSubject, partsOf, type Subject } from '../core/people/person.ts';
import { type Fault, twice } from './fault.ts';
import type { Known } from './lenient.ts';
import { didYouMean, notCalled } from './meant.ts';

type People = Pick<Known, 'people' | 'groups' | 'directory'>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SLACK_ID = /^[UW][A-Z0-9]+$/;

/**
 * What contradicts itself. Whoever is named and is not there is no fault: somebody who leaves takes their own access with them,
 * and stops the program for nobody else (`peopleWarnings`).
 */
export function peopleFaults(config: Known): Fault[] {
  const { people = [], groups = {}, directory, slack } = config;
  const inAws = directory?.identityCenter ? (['identityCenter'] as const) : [];
  const faults = (['id', 'slack', 'entra', ...inAws] as const).flatMap((field) => {
    const values = people.map((person) => (field === 'entra' ? person?.entra?.toLowerCase() : person?.[field]));
    return twice(values, ['people'], field);
  });
  people.forEach((person, i) => {
    if (person?.manager !== undefined && person.manager === person.id)
      faults.push({ path: ['people', i, 'manager'], message: 'a person cannot be their own manager' });
    if (person?.address?.endsWith('/0'))
      faults.push({ path: ['people', i, 'address'], message: 'must be one person’s address, not every address' });
  });
  for (const [group, members] of Object.entries(groups)) {
    members?.forEach((member, i) => {
      const message = member === undefined ? undefined : groupFault(config, member as Subject);
      if (message) faults.push({ path: ['groups', group, i], message });
    });
  }
  if (people.length === 0 && !directory?.entra && !directory?.slack)
    faults.push({ path: ['people'], message: 'must list people, unless `directory` knows them' });
  if (directory?.slack && !slack) faults.push({ path: ['directory', 'slack'], message: 'slack is not configured' });
  faults.push(...linkFaults(config), ...furtherFaults(config), ...askedByAttribute(config));
  return faults;
}

/** Nobody lists whoever has an attribute: they could not be asked, and a request would find no approver. */
function askedByAttribute(config: Known): readonly Fault[] {
  return stringsIn(rulesOf(config)).flatMap(({ path, text }): readonly Fault[] => {
    const isAsked =
      (path[0] === 'policies' && path.some((part) => part === 'approvers' || part === 'stages')) ||
      (path[0] === 'breakGlass' && path.includes('review'));
    const attribute = isAsked ? ATTRIBUTES.find((one) => text.startsWith(`${one}:`)) : undefined;
    const message = `nobody lists whoever has a ${attribute}; name a group, or use it in who`;
    return attribute ? [{ path, message }] : [];
  });
}

function linkFaults({ people = [], directory }: Known): Fault[] {
  const { links = {}, mailDomains = [], entra, slack, identityCenter } = directory ?? {};
  const path = ['directory', 'links'];
  const faults = Object.entries(links).flatMap(([id, oid]): Fault[] => {
    const own = people.find((person) => person?.slack === id)?.entra;
    const isOther = own !== undefined && oid !== undefined && own.toLowerCase() !== oid.toLowerCase();
    return isOther ? [{ path: [...path, id], message: 'people links this Slack account to another one of Entra' }] : [];
  });
  const seen = new Set<string>();
  for (const [id, oid] of Object.entries(links)) {
    const key = oid?.toLowerCase();
    if (key !== undefined && seen.has(key)) faults.push({ path: [...path, id], message: `${oid} is linked twice` });
    if (key !== undefined) seen.add(key);
  }
  if (mailDomains.length > 0 && !(slack && (entra || identityCenter)))
    faults.push({
      path: ['directory', 'mailDomains'],
      message: 'needs directory.slack, and directory.entra or directory.identityCenter',
    });
  return faults;
}

/** Further accounts that are somebody's own one somewhere else in the file, or lead to one that is none. */
function furtherFaults({ people = [], directory }: Known): readonly Fault[] {
  const { furtherAccounts = {}, links = {} } = directory ?? {};
  const further = new Set(Object.keys(furtherAccounts).map((one) => one.toLowerCase()));
  const isFurther = (id: string | undefined) => id !== undefined && further.has(id.toLowerCase());
  return [
    ...Object.entries(furtherAccounts).flatMap(([one, own]): readonly Fault[] =>
      isFurther(own)
        ? [{ path: ['directory', 'furtherAccounts', one], message: `${own} is a further account itself` }]
        : [],
    ),
    ...people.flatMap((person, i): readonly Fault[] =>
      isFurther(person?.entra)
        ? [
            {
              path: ['people', i, 'entra'],
              message: 'is a further account (directory.furtherAccounts); name the own one',
            },
          ]
        : [],
    ),
    ...Object.entries(links).flatMap(([slack, own]): readonly Fault[] =>
      isFurther(own)
        ? [
            {
              path: ['directory', 'links', slack],
              message: 'is a further account (directory.furtherAccounts); name the own one',
            },
          ]
        : [],
    ),
  ];
}

/** What is wrong with a subject: a group that nobody lists, or a directory that is not configured. */
export function subjectFault(config: Known, subject: Subject): string | undefined {
  if (subject === 'manager' || subject === 'managersManager') return undefined;
  if (isGroupSubject(subject)) return groupFault(config, subject);
  const [kind, named] = partsOf(subject);
  if (kind === 'person') return personFault(config, named);
  const isAttribute = ATTRIBUTES.some((attribute) => attribute === kind);
  return isAttribute && !config.directory?.entra
    ? `${kind} is known of people in Entra: needs directory.entra`
    : undefined;
}

function groupFault({ groups = {}, directory }: People, subject: Subject): string | undefined {
  const named = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('group:'))
    return Object.hasOwn(groups, named)
      ? undefined
      : noGroup(named, Object.keys(groups), directory?.entra !== undefined);
  if (subject.startsWith('entra:')) return directory?.entra ? undefined : 'needs directory.entra';
  if (subject.startsWith('slack:')) return directory?.slack ? undefined : 'needs directory.slack';
  if (subject.startsWith('idc:')) return directory?.identityCenter ? undefined : 'needs directory.identityCenter';
  return undefined;
}

/** With a directory, one of its groups may be meant. */
function noGroup(named: string, groups: readonly string[], isEntra: boolean): string {
  const own = notCalled('group', named, groups);
  return isEntra && !own.endsWith('?') ? `${own}; a group of Entra ID is written entra:${named}` : own;
}

/** Somebody has one name in policies: the id of the file, if they are in it. */
function personFault({ people = [] }: People, named: string): string | undefined {
  const own = people.find((person) => person?.entra?.toLowerCase() === named || person?.slack === named);
  return own?.id !== undefined && own.id !== named ? `write person:${own.id}` : undefined;
}

/** Names that lead to nobody: of people who left, or mistyped. They let nobody in. */
export function peopleWarnings(config: Known): readonly Fault[] {
  const { people = [], groups = {} } = config;
  const isThere = (id: string) => isKnown(config, id);
  const all = people.flatMap((person) => person?.id ?? []);
  const nobody = (id: string) => `no person has the id ${id}${didYouMean(id, all)}`;
  const managers = people.flatMap((person, i): Fault[] => {
    const { manager } = person ?? {};
    return manager === undefined || isThere(manager)
      ? []
      : [{ path: ['people', i, 'manager'], message: nobody(manager) }];
  });
  const members = Object.entries(groups).flatMap(([group, ids = []]) =>
    ids.flatMap((id, i): Fault[] => {
      if (id === undefined || isGroupSubject(id as Subject) || isThere(id)) return [];
      return [{ path: ['groups', group, i], message: nobody(id) }];
    }),
  );
  const named = stringsIn(rulesOf(config)).flatMap(({ path, text }): Fault[] => {
    const id = /^person:(.+)$/.exec(text)?.[1];
    return id === undefined || isThere(id) ? [] : [{ path, message: nobody(id) }];
  });
  return [...managers, ...members, ...named, ...circles(config)];
}

/** All that may name somebody: whoever adds a place for subjects need not name it here. */
function rulesOf(config: Known): unknown {
  const { people: _, places: _places, sources: _sources, protections: _protections, ...rules } = config;
  return rules;
}

/** The groups of directories that anything in the file names. */
export function groupsAsked(config: Known): readonly GroupSubject[] {
  const texts = stringsIn(rulesOf(config)).map(({ text }) => text);
  return [...new Set(texts)].filter(isDirectoryGroup);
}

function stringsIn(value: unknown, path: Fault['path'] = []): readonly { path: Fault['path']; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, part]) => stringsIn(part, [...path, isList ? Number(key) : key]));
}

/** Is there somebody with this id, as far as the file tells? */
export function isKnown({ people = [], directory }: People, id: string): boolean {
  if (people.some((person) => person?.id === id)) return true;
  if (UUID.test(id)) return directory?.entra !== undefined;
  return SLACK_ID.test(id) && directory?.slack === true && directory.entra === undefined;
}

/** Those who are each other's manager, over however many: none of them counts as one. */
function circles({ people = [] }: Known): readonly Fault[] {
  const managers = new Map(people.map((person) => [person?.id, person?.manager]));
  return people.flatMap((person, i): Fault[] => {
    const seen = new Set<string>();
    let at = person?.manager;
    while (at !== undefined && at !== person?.id && !seen.has(at)) {
      seen.add(at);
      at = managers.get(at);
    }
    const isCircle = at !== undefined && at === person?.id && at !== person.manager;
    const message = 'is in a circle of managers, so `manager` means nobody for this person';
    return isCircle ? [{ path: ['people', i, 'manager'], message }] : [];
  });
}
