import { isGroupSubject, managerOf, type Person, type Subject } from '../../core/people/person.ts';
import { type ChatName, type Place, uniquePlaces } from '../../core/people/place.ts';
import { MOST_PLACES } from '../../core/policy/floods.ts';
import type { BreakGlass } from '../../core/policy/policy.ts';
import type { Deps } from '../deps.ts';

/** Who hears of it: people in their own chats, and channels. */
export interface GlassTold {
  readonly people: readonly Person[];
  readonly channels: readonly Place[];
  /** All places, each once and not more than there may be: whoever broke it first, then the channels. */
  readonly places: readonly Place[];
}

/** The places of the rule and of operators; the manager, whoever reviews it, and `security`. */
export async function glassTold(
  deps: Deps,
  person: Person,
  rule: BreakGlass,
  chat: ChatName | undefined,
): Promise<GlassTold> {
  const { operators = [], security } = deps.rules;
  const meant = await peopleMeant(deps, ['manager', ...rule.review.by, ...security], person);
  const people = meant.filter(({ id }) => id !== person.id);
  const own = deps.directory.reach(person);
  const theirs = own.find((place) => place.chat === chat) ?? own[0];
  const channels = uniquePlaces([...rule.tell, ...operators]);
  const inPerson = people.flatMap((one) => deps.directory.reach(one).slice(0, 1));
  const places = uniquePlaces([...(theirs ? [theirs] : []), ...channels, ...inPerson]);
  return { people, channels, places: places.slice(0, MOST_PLACES) };
}

/** Whom these subjects mean, as far as they can be listed, each once: of whom nobody can tell is logged, and holds up nothing. */
export async function peopleMeant(
  { directory, log }: Pick<Deps, 'directory' | 'log'>,
  subjects: readonly Subject[],
  requester: Person,
): Promise<readonly Person[]> {
  const found = new Map<string, Person>();
  for (const subject of new Set(subjects)) {
    try {
      const people = isGroupSubject(subject)
        ? await directory.members(subject)
        : [await oneMeant(directory, subject, requester)];
      for (const person of people)
        if (person && !person.disabled && !found.has(person.id)) found.set(person.id, person);
    } catch (error) {
      log.warn({ subject, error }, 'whom to tell could not be told');
    }
  }
  return [...found.values()];
}

async function oneMeant(
  directory: Deps['directory'],
  subject: Subject,
  requester: Person,
): Promise<Person | undefined> {
  const isAbove = subject === 'manager' || subject === 'managersManager';
  const id = isAbove ? managerOf(requester, subject) : /^person:(.+)$/.exec(subject)?.[1];
  return id === undefined ? undefined : directory.byId(id, 'last');
}
