export type ChatName = 'slack' | 'teams';

/** What people speak through that is no chat: the HTTP API (`jit` on people's own computers too), or the board. */
export type OutsideChat = 'api' | 'board';

/** A channel or a private chat that holds a card. `id` is the chat's own: channel id, user id, Entra object id. */
export interface Place {
  readonly chat: ChatName;
  readonly kind: 'channel' | 'private';
  readonly id: string;
}

/** The id of a group or meeting chat of Teams: those of channels end in `@thread.tacv2`, or `@thread.skype` where they are old. */
export function isGroupChat(id: string): boolean {
  return id.endsWith('@thread.v2');
}

/** `slack:channel:C012…`: the one text form, used as a key. */
export function placeKey(place: Place): string {
  return `${place.chat}:${place.kind}:${place.id}`;
}

/** Each place once, in the order given. */
export function uniquePlaces(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}
