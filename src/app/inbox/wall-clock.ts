import { needsClock } from '../../core/language/clock-needed.ts';
import type { WallClock } from '../../core/language/until.ts';
import type { Person } from '../../core/people/person.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';

/** What the time is to whoever speaks, by Redis, where what they say hangs on it. */
export async function clockFor(
  { store }: Deps,
  { zone }: Person,
  text: string,
  sender: Sender,
): Promise<WallClock | undefined> {
  if (!needsClock(text)) return undefined;
  const { at: now } = await store.now();
  return { now, zone: zone ?? sender.zone ?? 'UTC' };
}
