import { useEffect, useState } from 'react';
import type { SimPerson, TeamsState } from '../../state.ts';
import { clockOf } from '../clock.ts';
import { Avatar } from '../person.tsx';
import { post } from '../post.ts';
import { Card, Markdown, type Press } from './card.tsx';

export type Activity = TeamsState['personal'][number]['activities'][number];
export type Notice = TeamsState['notices'][string][number];
type Json = Readonly<Record<string, unknown>>;

interface Props {
  readonly activity: Activity;
  readonly person: SimPerson;
  /** What Teams told this person alone about this message. */
  readonly notices: readonly Notice[];
}

/** One message, with its cards as this person sees them. */
export function TeamsActivity({ activity, person, notices }: Props) {
  const { entraId } = person;
  const [complaint, setComplaint] = useState('');
  const [first, ...others] = activity.cards;
  const own = activity.cardsFor[entraId];
  const cards = own ? [own, ...others] : [first, ...others].filter((card) => card !== undefined);
  useRefresh(activity, person);

  const press = async (pressed: Press) => {
    setComplaint('');
    const { ok, notice } = await post('/api/teams/execute', { person: entraId, activity: activity.id, press: pressed });
    if (!ok && notice) setComplaint(notice);
  };
  const mine = activity.from.id === person.teamsId;
  const last = notices.at(-1);
  const told = last?.text ?? complaint;
  return (
    <article className={mine ? 'activity activity-mine' : 'activity'}>
      {!mine && <Avatar name={activity.from.name} bot={activity.from.isBot} />}
      <div className="activity-main">
        <p className="activity-head">
          {!mine && <strong>{activity.from.name}</strong>}
          <time>{clockOf(Date.parse(activity.at))}</time>
          {activity.editedAt && !activity.deleted && <span>Edited</span>}
        </p>
        {activity.deleted && <p className="bubble bubble-gone">This message was deleted.</p>}
        {!activity.deleted && activity.text !== '' && (
          <div className="bubble">{activity.from.isBot ? <Markdown text={activity.text} /> : activity.text}</div>
        )}
        {!activity.deleted &&
          cards.map((card, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message's cards have no name but their place.
            <Card key={i} card={card} onPress={press} />
          ))}
        {told && (
          <p className="activity-notice" role="status">
            <span>Only you can see this</span>
            {told}
          </p>
        )}
      </div>
    </article>
  );
}

/** Teams runs a card's `refresh` by itself for the people whom the card names, once for each version of the message. */
function useRefresh({ id, editedAt, cards, deleted }: Activity, { entraId, teamsId }: SimPerson): void {
  const refresh = cards[0]?.refresh as { readonly userIds?: readonly string[] } | undefined;
  const isNamed = !deleted && refresh?.userIds?.includes(teamsId) === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edited message is looked at again.
  useEffect(() => {
    if (isNamed) void post('/api/teams/refresh', { person: entraId, activity: id });
  }, [isNamed, entraId, id, editedAt]);
}

/** The card that is seen first, for the guide. */
export const holdsVerb = (cards: readonly Json[], verb: string): boolean =>
  JSON.stringify(cards).includes(`"verb":"${verb}"`);
