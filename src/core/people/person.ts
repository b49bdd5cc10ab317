import type { ChatName } from './place.ts';

/** A person of drawbridge.yaml. Ids of chats are the only link to a chat account; e-mail addresses are never used. */
export interface Person {
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
  /** The address they usually come from, a canonical source. */
  readonly address?: string;
  /** Where to reach them when they have both chats. */
  readonly prefers?: ChatName;
  readonly groups: readonly string[];
}

/** `person:ada`, `group:ops`, or `manager` (of the requester). */
export type Subject = `person:${string}` | `group:${string}` | 'manager';

/** Is this person meant by one of the subjects? `requester` gives `manager` its meaning. */
export function isMeant(person: Person, subjects: readonly Subject[], requester?: Person): boolean {
  return subjects.some((subject) => {
    if (subject === 'manager') return requester?.manager === person.id;
    const at = subject.indexOf(':');
    const name = subject.slice(at + 1);
    return subject.startsWith('person:') ? name === person.id : person.groups.includes(name);
  });
}
