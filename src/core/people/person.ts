import type { Instant } from '../language/instant.ts';
import type { Attribute } from './attribute.ts';
import type { ChatName } from './place.ts';
import type { WorkHours } from './work.ts';

/**
 * One human, whatever accounts they have. Ids of accounts link them, never a name. What is absent is not known or not there:
 * neither ever lets anybody in.
 */
export interface Person {
  /** Of drawbridge.yaml, or of the directory that knows them: the Entra object id, else the Slack user id. */
  readonly id: string;
  readonly name: string;
  /** Slack user id (`U…` or `W…`). */
  readonly slack?: string;
  /** Entra object id. */
  readonly entra?: string;
  /** IAM role or user; `*` in place of the account means that of the machine. */
  readonly aws?: string;
  /** User name in IAM Identity Center. */
  readonly identityCenter?: string;
  /** The id of the person's manager. */
  readonly manager?: string;
  /** The ids of the managers above that one, nearest first, as far as was asked. In a circle it ends with the person's own id. */
  readonly above?: readonly string[];
  /** The address they usually come from, a canonical source. */
  readonly address?: string;
  /** Where to reach them when they have both chats. */
  readonly prefers?: ChatName;
  /** IANA time zone. */
  readonly zone?: string;
  /** As in `de-DE`. */
  readonly language?: string;
  /** Groups of the file by name (`ops`), those of directories in the words of the subjects that were asked about (`entra:sre`). */
  readonly groups: readonly string[];
  readonly attributes?: Readonly<Partial<Record<Attribute, string>>>;
  /** May do nothing any more: the account is switched off or gone. */
  readonly disabled?: boolean;
  /** Of a service, which is nobody: the id of the person who answers for it, and never decides what it requests. */
  readonly owner?: string;
  /** Belongs to another organization. */
  readonly guest?: boolean;
  /** When they work; absent: at any time. */
  readonly work?: WorkHours;
  /** Out of office now; absent where nobody knows. */
  readonly away?: boolean;
  /** Where each field came from, and when. */
  readonly origins?: Readonly<Record<string, Origin>>;
}

/** `owner`: a link that they made themselves. */
export type DirectoryName = 'file' | 'entra' | 'slack' | 'identityCenter' | 'owner';

export interface Origin {
  readonly from: DirectoryName;
  readonly at: Instant;
}

/** A group of a directory: `entra:` by object id or unique name, `slack:` by id (`S…`) or handle (`@ops`), `idc:` of IAM Identity Center by id or name. */
type DirectoryGroup = `entra:${string}` | `slack:${string}` | `idc:${string}`;

/** A group: `group:ops` of the file, or one of a directory. */
export type GroupSubject = `group:${string}` | DirectoryGroup;

/** A person, a group, whoever has an attribute (`department:Engineering`), or the `manager` of the requester, and theirs. */
export type Subject = `person:${string}` | GroupSubject | `${Attribute}:${string}` | 'manager' | 'managersManager';

const GROUP = 'group:';

/**
 * Is this person meant by one of the subjects? `requester` gives `manager` its meaning. Whoever is disabled is never meant,
 * and a manager in a circle with the requester is nobody's.
 */
export function isMeant(person: Person, subjects: readonly Subject[], requester?: Person): boolean {
  if (person.disabled) return false;
  for (const subject of subjects) if (isMeantBy(subject, person, requester)) return true;
  return false;
}

function isMeantBy(subject: Subject, person: Person, requester: Person | undefined): boolean {
  // First what most policies name, and for each of a thousand policies.
  if (subject.startsWith(GROUP)) return person.groups.includes(subject.slice(GROUP.length));
  if (subject === 'manager' || subject === 'managersManager') return managerOf(requester, subject) === person.id;
  const [kind, name] = partsOf(subject);
  if (kind === 'person') return name === person.id;
  if (kind === 'group') return person.groups.includes(name);
  if (kind === 'entra' || kind === 'slack' || kind === 'idc') return person.groups.includes(subject);
  return person.attributes?.[kind]?.toLowerCase() === name.toLowerCase();
}

/** The id of whoever is meant by `manager` or `managersManager`. */
export function managerOf(requester: Person | undefined, level: 'manager' | 'managersManager'): string | undefined {
  if (!requester || requester.above?.includes(requester.id)) return undefined;
  return level === 'manager' ? requester.manager : requester.above?.[0];
}

type Kind = 'person' | 'group' | 'entra' | 'slack' | 'idc' | Attribute;

/** `group:ops` into `group` and `ops`. */
export function partsOf(subject: Exclude<Subject, 'manager' | 'managersManager'>): readonly [Kind, string] {
  const at = subject.indexOf(':');
  return [subject.slice(0, at) as Kind, subject.slice(at + 1)];
}

export function isGroupSubject(subject: string): subject is GroupSubject {
  return subject.startsWith('group:') || isDirectoryGroup(subject);
}

export function isDirectoryGroup(subject: string): subject is DirectoryGroup {
  return /^(?:entra|slack|idc):./.test(subject);
}
