import { placeKey, uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';

const TELL_MS = 10_000;

/** Tells every channel of the policies and of the digest. A chat that does not take it is a line in the log. */
export async function tellChannels(deps: Deps, report: Report): Promise<void> {
  const { policies, digest } = deps.rules;
  const all = [...policies.flatMap(({ tell }) => tell), ...(digest?.tell ?? [])];
  const channels = uniquePlaces(all).filter(({ kind }) => kind === 'channel');
  await Promise.all(
    channels.map(async (place) => {
      try {
        await deps.chats.get(place.chat)?.tell?.(report, place, AbortSignal.timeout(TELL_MS));
      } catch (error) {
        deps.log.warn({ error, place: placeKey(place), title: report.title }, 'a channel could not be told');
      }
    }),
  );
}
