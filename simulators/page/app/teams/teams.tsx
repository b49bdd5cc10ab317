import { type RefObject, useState } from 'react';
import type { PageState, SimPerson } from '../../state.ts';
import { clockOf } from '../clock.ts';
import { Composer } from '../composer.tsx';
import { examplesFor } from '../examples.ts';
import type { TypedLine } from '../line.ts';
import { PersonSwitch } from '../person.tsx';
import { post } from '../post.ts';
import { Scroll } from '../scroll.tsx';
import { useUnread } from '../unread.ts';
import { type Activity, type Notice, TeamsActivity } from './activity.tsx';

interface Props {
  readonly state: PageState;
  readonly person: SimPerson;
  readonly onPerson: (id: string) => void;
  readonly line: TypedLine;
  readonly input: RefObject<HTMLInputElement | null>;
}

type Where = 'personal' | 'channel';

/** Teams as one person sees it: their own chat with the bot, and the channel. */
export function Teams({ state, person, onPerson, line, input }: Props) {
  const { teams } = state;
  const { entraId } = person;
  const [where, setWhere] = useState<Where>('personal');
  const [complaint, setComplaint] = useState('');
  const chat = teams.personal.find((one) => one.entraId === entraId)?.activities ?? [];
  const { threads } = teams.channel;
  const notices = teams.notices[entraId] ?? [];
  const posts = threads.flatMap(({ activities }) => activities);
  const sizes = { [`${entraId}personal`]: chat.length, [`${entraId}channel`]: posts.length };
  const unread = useUnread(`${entraId}${where}`, sizes);

  const send = async (text: string) => {
    const { ok, notice } = await post('/api/teams/say', { person: entraId, where, text });
    setComplaint(ok ? '' : (notice ?? 'That did not work.'));
  };
  const names = { personal: 'Drawbridge', channel: teams.channel.name } as const;
  const shown = (activity: Activity) => (
    <TeamsActivity
      key={activity.id}
      activity={activity}
      person={person}
      notices={notices.filter(({ activityId }) => activityId === activity.id)}
    />
  );
  return (
    <section className="chat teams" aria-label="Teams" id="teams">
      <header className="chat-head">
        <h2>Teams</h2>
        <PersonSwitch chat="teams" people={state.people} chosen={person} onChoose={onPerson} />
      </header>
      <div className="chat-body">
        <nav className="chat-side" aria-label="Teams conversations">
          <h4>Chat</h4>
          <Place
            name={names.personal}
            isBot
            fresh={unread(`${entraId}personal`)}
            {...at('personal', where, setWhere)}
          />
          <h4>{teams.channel.team}</h4>
          <Place name={names.channel} fresh={unread(`${entraId}channel`)} {...at('channel', where, setWhere)} />
        </nav>
        <div className="chat-main">
          <h3 className="chat-title">
            {where === 'channel' ? `${teams.channel.team} › ${names.channel}` : names.personal}
          </h3>
          <Scroll
            label={`Messages in ${names[where]}`}
            place={`${entraId}${where}`}
            size={(where === 'personal' ? chat.length : posts.length) + notices.length}
          >
            {where === 'personal' && chat.map(shown)}
            {where === 'personal' && <Notices notices={notices} complaint={complaint} />}
            {where === 'channel' &&
              threads.map(({ id, activities }) => (
                <div key={id} className="post">
                  {activities.map(shown)}
                </div>
              ))}
            {(where === 'personal' ? chat : posts).length === 0 && (
              <p className="empty">
                {where === 'personal'
                  ? `${person.name.split(' ')[0]} has no messages from Drawbridge yet.`
                  : 'Nothing here yet.'}
              </p>
            )}
          </Scroll>
          <Composer
            testId="teams-composer"
            label={where === 'personal' ? 'Message Drawbridge' : 'Message @Drawbridge in VM access'}
            examples={examplesFor(person, 'teams')}
            draft={line.draft}
            whole={line.whole}
            onDraft={line.set}
            input={input}
            onSend={send}
          />
        </div>
      </div>
    </section>
  );
}

const at = (place: Where, where: Where, setWhere: (place: Where) => void) => ({
  isCurrent: place === where,
  onOpen: () => setWhere(place),
});

interface PlaceProps {
  readonly name: string;
  readonly isBot?: boolean;
  readonly fresh: number;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
}

function Place({ name, isBot = false, fresh, isCurrent, onOpen }: PlaceProps) {
  return (
    <button
      type="button"
      className={fresh > 0 ? 'place place-fresh' : 'place'}
      aria-current={isCurrent}
      onClick={onOpen}
    >
      {isBot ? <span className="avatar avatar-bot" aria-hidden="true" /> : <span className="place-mark">#</span>}
      {name}
      {fresh > 0 && <span className="badge">{fresh}</span>}
    </button>
  );
}

/** What Teams told this person about nothing in particular, such as a message that was not delivered. */
function Notices({ notices, complaint }: { readonly notices: readonly Notice[]; readonly complaint: string }) {
  const loose = notices.filter(({ activityId }) => activityId === undefined).at(-1);
  const told = complaint || (loose ? `${clockOf(Date.parse(loose.at))}: ${loose.text}` : '');
  return told ? (
    <p className="activity-notice" role="status">
      <span>Only you can see this</span>
      {told}
    </p>
  ) : null;
}
