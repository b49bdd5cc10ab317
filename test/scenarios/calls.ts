import { type MockInstance, vi } from 'vitest';
import { people } from '../../simulators/world.ts';
import { ENGLISH, type Line, spoken } from '../../src/core/language/text.ts';
import { type Place, placeKey } from '../../src/core/people/place.ts';
import type { View } from '../../src/core/view/view.ts';
import type { ChatAdapter } from '../../src/ports/chat.ts';
import type { World } from './world.ts';

type Published = MockInstance<ChatAdapter['publish']>;

/** Listens to what is published; gives who was called twice because of one milestone: by mentions, and in their own chats. */
export function calledTwice(world: World): () => readonly string[] {
  const spies: readonly Published[] = [...world.deps.chats.values()].map((chat) => vi.spyOn(chat, 'publish'));
  return () => {
    const places = new Map<string, Set<string>>();
    for (const spy of spies) {
      for (const [i, [view, place, previous]] of spy.mock.calls.entries()) {
        if (spy.mock.settledResults[i]?.type !== 'fulfilled' || previous.tried) continue;
        const isPosted = previous.ref === undefined;
        if (!isPosted && (view.announce === '' || view.announce === previous.announced)) continue;
        for (const person of calledIn(view, place, isPosted)) {
          const key = `${person}: ${view.announce} of ${view.request}`;
          places.set(key, (places.get(key) ?? new Set()).add(placeKey(place)));
        }
      }
      spy.mockRestore();
    }
    return [...places].flatMap(([key, where]) => (where.size > 1 ? [`${key} at ${[...where].join(' and ')}`] : []));
  };
}

/** In Slack whoever is named is mentioned, also on a new card; in Teams it is the one that news begins with. */
function calledIn(view: View, { chat, kind, id }: Place, isPosted: boolean): readonly string[] {
  if (kind === 'private')
    return Object.values(people).flatMap((one) => ([one.slackId, one.entraId].includes(id) ? [one.id] : []));
  const named = peopleIn(
    chat === 'slack' && isPosted ? [...view.people, ...view.brief, view.status].flat() : view.headline,
  );
  const meant = chat === 'slack' ? named : isPosted ? [] : named.slice(0, 1);
  return [...new Set(meant)].filter((one) => view.calls?.includes(one) ?? true);
}

function peopleIn(line: Line): readonly string[] {
  return spoken(line, ENGLISH).flatMap((span) => (typeof span === 'object' && 'person' in span ? [span.person] : []));
}
