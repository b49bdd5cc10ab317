export type ChatName = 'slack' | 'teams';

/** What people speak through that is no chat: the HTTP API (`jit` on people's own computers too), or the board. */
export type OutsideChat = 'api' | 'board';

/** A channel or a private chat that holds a card. `id` is the chat's own: channel id, user id, Entra object id. */
export interface Place {
  readonly chat: ChatName;
  readonly kind: 'channel' | 'private';
  readonly id: string;
}

/** `slack:channel:C012…`: the one text form, used as a key. */
export function placeKey(place: Place): string {
  return `${place.chat}:${place.kind}:${place.id}`;
}

/** Each place once, in the order given. */
export function uniquePlaces(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}
