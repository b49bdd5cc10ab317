import { type Place, placeKey, uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';

const TELL_MS = 10_000;

type Telling = Pick<Deps, 'rules' | 'chats' | 'log'>;

/** Tells every channel of the policies and of the digest, and these places. */
export async function tellChannels(deps: Telling, report: Report, more: readonly Place[] = []): Promise<void> {
  const { policies, digest } = deps.rules;
  const all = [...policies.flatMap(({ tell }) => tell), ...(digest?.tell ?? []), ...more];
  await tellPlaces(
    deps,
    report,
    uniquePlaces(all).filter(({ kind }) => kind === 'channel'),
  );
}

/** Tells the operators' places; where none is named, the channels of the policies and of the digest. */
export async function tellOperators(deps: Telling, report: Report): Promise<void> {
  const { operators } = deps.rules;
  if (operators) await tellPlaces(deps, report, uniquePlaces(operators));
  else await tellChannels(deps, report);
}

/** Says how many took it. A chat that does not take it is a line in the log. */
export async function tellPlaces(deps: Telling, report: Report, places: readonly Place[]): Promise<number> {
  const told = await Promise.all(
    places.map(async (place) => {
      try {
        const chat = deps.chats.get(place.chat);
        if (!chat?.tell) throw new Error(`no ${place.chat} that tells`);
        await chat.tell(report, place, AbortSignal.timeout(TELL_MS));
        return 1;
      } catch (error) {
        deps.log.warn({ error, place: placeKey(place), title: report.title }, 'a channel could not be told');
        return 0;
      }
    }),
  );
  return told.reduce<number>((sum, one) => sum + one, 0);
}
