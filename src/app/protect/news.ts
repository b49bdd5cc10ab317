import { type Line, phrased, plainly, spoken } from '../../core/language/text.ts';
import { type Place, placeKey, uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import { TONGUES } from '../../core/words/tongues.ts';
import type { AlarmNews } from '../../ports/alarm-way.ts';
import type { Deps } from '../deps.ts';

const TELL_MS = 10_000;
const WAY_MS = 15_000;

type Telling = Pick<Deps, 'rules' | 'chats' | 'log'>;

/** Tells every channel of the policies and of the digest, and these places. Says how many took it. */
export async function tellChannels(deps: Telling, report: Report, more: readonly Place[] = []): Promise<number> {
  const { policies, digest } = deps.rules;
  const all = [...policies.flatMap(({ tell }) => tell), ...(digest?.tell ?? []), ...more];
  return tellPlaces(
    deps,
    report,
    uniquePlaces(all).filter(({ kind }) => kind === 'channel'),
  );
}

/** Tells the operators' places; where none is named, the channels of the policies and of the digest. Says how many took it. */
export async function tellOperatorsInChat(deps: Telling, report: Report): Promise<number> {
  const { operators } = deps.rules;
  return operators ? tellPlaces(deps, report, uniquePlaces(operators)) : tellChannels(deps, report);
}

/** The same; where no chat takes it, by every way that needs none. Says whether anybody was told. */
export async function tellOperators(deps: Telling & Pick<Deps, 'ways'>, report: Report): Promise<boolean> {
  return (await tellOperatorsInChat(deps, report)) > 0 || (await tellWays(deps, newsOf(deps, report))) > 0;
}

/** By every way that needs no chat. Says how many took it; one that does not is a line in the log. */
export async function tellWays({ ways = [], log }: Pick<Deps, 'ways' | 'log'>, news: AlarmNews): Promise<number> {
  const told = await Promise.allSettled(ways.map((way) => way.tell(news, AbortSignal.timeout(WAY_MS))));
  for (const [i, one] of told.entries())
    if (one.status === 'rejected') log.warn({ way: ways[i]?.name, error: one.reason }, 'an alarm was not taken');
  return told.filter(({ status }) => status === 'fulfilled').length;
}

/** A report, for whoever gets it without a chat. */
export function newsOf({ rules }: Pick<Deps, 'rules'>, { title, sections }: Report): AlarmNews {
  const tongue = TONGUES[rules.language ?? 'en'];
  const at = Date.now();
  const lines = sections.flatMap(({ heading, rows }) => [
    ...(heading === '' ? [] : [phrased(heading, tongue)]),
    ...rows.map(({ line }) => textOf(line, tongue)),
  ]);
  return { id: `alarm-${at}`, kind: 'alarm', at, title: phrased(title, tongue), lines };
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

/** NB. a line that is one sentence may be known as a whole. */
function textOf(line: Line, tongue: (typeof TONGUES)[keyof typeof TONGUES]): string {
  const [only] = line;
  return line.length === 1 && typeof only === 'string' ? phrased(only, tongue) : plainly(spoken(line, tongue));
}
