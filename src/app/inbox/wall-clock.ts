import { needsClock } from '../../core/language/clock-needed.ts';
import type { Instant } from '../../core/language/instant.ts';
import { startOf } from '../../core/language/start-ask.ts';
import type { WallClock } from '../../core/language/until.ts';
import type { Person } from '../../core/people/person.ts';
import { zoneOf } from '../../core/people/zone.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';

/** What the time is to whoever speaks, by Redis, where what they say hangs on it. */
export async function clockFor(
  { store }: Deps,
  person: Person,
  text: string,
  sender: Sender,
): Promise<WallClock | undefined> {
  if (!needsClock(text)) return undefined;
  const { at: now } = await store.now();
  return { now, zone: zoneOf(person, sender) };
}

/** A start that stands in a form, on the clock on which one is typed. Throws what `startOf` throws. */
export async function onClock(
  { store }: Deps,
  person: Person,
  { start }: { readonly start?: string },
  sender: Sender,
): Promise<{ readonly startsAt?: Instant }> {
  if (start === undefined) return {};
  return { startsAt: startOf(start, (await store.now()).at, zoneOf(person, sender)) };
}
