import { HOUR_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import { isGroupChat, type Place, uniquePlaces } from '../../core/people/place.ts';
import type { Diagnosis } from '../../core/view/doctor-page.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { channelsOf } from '../operators/channels.ts';

/** At the start, and then as often: a channel is deleted, archived, or left at any time. */
export const CHANNELS_MS = HOUR_MS;
const LOOK_MS = 30_000;
const MOST_NAMED = 10;
const KEY = 'channels';
/** How a chat's examination calls a channel, and the chat of a group or a meeting, which is one here. */
const [CHANNEL, GROUP] = ['channel ', 'group chat '];

/**
 * Looks whether cards can be posted in each channel that the configuration names. The operators are told once which cannot, with the
 * remedy, once more when there are more, and when all can. A chat that does not answer says nothing of its channels.
 */
export async function watchChannels(deps: Deps, alarms: Alarms, signal: AbortSignal): Promise<void> {
  const places = uniquePlaces(channelsOf(deps.rules));
  const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
  const looks = await Promise.allSettled(
    [...deps.chats.values()].map(async (chat) => (await chat.examine?.(places, within)) ?? []),
  );
  for (const look of looks)
    if (look.status === 'rejected')
      deps.log.warn({ error: look.reason }, 'the channels of a chat could not be looked at');
  const found = looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : []));
  const shut = found.filter(isShut);
  if (shut.length > 0) return alarms.raise({ key: KEY, level: shut.length, ...newsOf(shut) });
  const fine = new Set(found.flatMap(({ what, verdict }) => (verdict === 'fine' ? [what] : [])));
  // Of a chat that said nothing, or not of all, it is not known.
  if (places.every((place) => isOpen(deps, place, fine)))
    await alarms.over({
      key: KEY,
      title: places.some(({ id }) => isGroupChat(id))
        ? say`Cards can be posted in all channels and group chats`
        : say`Cards can be posted in all channels`,
      lines: [say`Nothing has to be done.`],
    });
}

/** As nobody posts there by a chat that is not configured, or that cannot be asked, that holds up nothing. */
function isOpen({ chats }: Deps, { chat, id, kind }: Place, fine: ReadonlySet<string>): boolean {
  return kind !== 'channel' || !chats.get(chat)?.examine || fine.has(`${isGroupChat(id) ? GROUP : CHANNEL}${id}`);
}

function isShut(one: Diagnosis): one is Diagnosis & { readonly verdict: 'fault' } {
  return one.verdict === 'fault' && (one.what.startsWith(CHANNEL) || isGroup(one));
}

function isGroup({ what }: Diagnosis): boolean {
  return what.startsWith(GROUP);
}

function newsOf(shut: readonly (Diagnosis & { readonly verdict: 'fault' })[]) {
  const named = shut.slice(0, MOST_NAMED).map(({ of, what, means, remedy }) => say`${of}, ${what}: ${means} ${remedy}`);
  const more = shut.length - named.length;
  return { title: titleOf(shut), lines: [...named, ...(more > 0 ? [say`… and ${more} more.`] : [])] };
}

function titleOf(shut: readonly Diagnosis[]): Saying {
  const groups = shut.filter(isGroup).length;
  if (shut.length === 1)
    return groups > 0 ? say`Cards cannot be posted in a group chat` : say`Cards cannot be posted in a channel`;
  if (groups === shut.length) return say`Cards cannot be posted in ${groups} group chats`;
  return groups > 0
    ? say`Cards cannot be posted in ${shut.length} channels and group chats`
    : say`Cards cannot be posted in ${shut.length} channels`;
}
