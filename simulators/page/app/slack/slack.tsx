import { type RefObject, useState } from 'react';
import type { PageState, SimPerson, SlackState } from '../../state.ts';
import { Composer } from '../composer.tsx';
import { examplesFor } from '../examples.ts';
import type { TypedLine } from '../line.ts';
import { PersonSwitch } from '../person.tsx';
import { post } from '../post.ts';
import { Scroll } from '../scroll.tsx';
import { useUnread } from '../unread.ts';
import type { Json, Pressed } from './blocks.tsx';
import { Dialog } from './dialog.tsx';
import { AppTabs, SlackHome } from './home.tsx';
import { SlackMessage, SlackNotice } from './message.tsx';
import { SlackModal } from './modal.tsx';

type Channel = SlackState['channels'][number];
type Shown = Channel['messages'][number];

interface Props {
  readonly state: PageState;
  readonly person: SimPerson;
  readonly onPerson: (id: string) => void;
  /** A channel, or `home` for the app's Home tab. */
  readonly place: string;
  readonly onPlace: (place: string) => void;
  readonly line: TypedLine;
  readonly input: RefObject<HTMLInputElement | null>;
}

const ONLY_COMMANDS = 'Only commands work in Slack on this page. Try /jit help.';

/** Slack as one person sees it: the channel, their conversation with the app, and the modal in front of them. */
export function Slack({ state, person, onPerson, place, onPlace: setPlace, line, input }: Props) {
  const { slackId } = person;
  const [said, setSaid] = useState<readonly { readonly atMs: number; readonly text: string }[]>([]);
  const slack = seenBy(state.slack, slackId);
  const isHome = place === 'home';
  const channel = slack.channels.find(({ id, kind }) => (isHome ? kind === 'im' : id === place)) ?? slack.channels[0];
  const sizes = Object.fromEntries(slack.channels.map((one) => [`${slackId}${one.id}`, sizeOf(one)]));
  const unread = useUnread(`${slackId}${channel?.id}`, sizes);
  const view = slack.views[slackId]?.at(-1);
  const [asked, setAsked] = useState<{ readonly message: Shown; readonly pressed: Pressed }>();
  if (!channel) return null;

  const tell = (text: string) => setSaid((before) => [...before, { atMs: state.nowMs, text }]);
  const send = async (line: string) => {
    if (!line.startsWith('/')) return tell(ONLY_COMMANDS);
    const { ok, notice } = await post('/api/slack/command', { user: slackId, channel: channel.id, line });
    // What Slack itself says is among the person's notices; this is said when nobody got that far.
    if (!ok && !notice) tell('That did not work.');
  };
  const press = async (message: Shown, { block, element }: Pressed) => {
    const where = { user: slackId, channel: channel.id, message: message.ts };
    await post('/api/slack/press', { ...where, action: element.action_id, block: block.block_id });
  };
  const entries = timeline(channel, [...(slack.notices[slackId] ?? []), ...said]);
  const isBlocked = view !== undefined || asked !== undefined;
  return (
    <section className="chat slack" aria-label="Slack" id="slack">
      <header className="chat-head">
        <h2>Slack</h2>
        <PersonSwitch chat="slack" people={state.people} chosen={person} onChoose={onPerson} />
      </header>
      <div className="chat-body">
        <nav className="chat-side" aria-label="Slack conversations" inert={isBlocked}>
          <Places
            title="Channels"
            channels={slack.channels}
            kind="public"
            {...{ channel, setPlace, unread, slackId }}
          />
          <Places title="Apps" channels={slack.channels} kind="im" {...{ channel, setPlace, unread, slackId }} />
        </nav>
        <div className="chat-main" inert={isBlocked}>
          <h3 className="chat-title">{nameOf(channel)}</h3>
          {channel.kind === 'im' && <AppTabs isHome={isHome} im={channel.id} onPlace={setPlace} />}
          {isHome ? (
            <SlackHome key={slackId} slack={slack} userId={slackId} />
          ) : (
            <>
              <Scroll
                label={`Messages in ${nameOf(channel)}`}
                place={`${slackId}${channel.id}`}
                size={sizeOf(channel) + said.length}
              >
                {entries.length === 0 && <p className="empty">Nothing here yet. Type a command below.</p>}
                {entries.map((entry) =>
                  'ts' in entry ? (
                    <SlackMessage
                      key={entry.ts}
                      message={entry}
                      slack={slack}
                      onPress={(message, pressed) =>
                        pressed.element.confirm ? setAsked({ message, pressed }) : void press(message, pressed)
                      }
                    />
                  ) : (
                    <SlackNotice key={`${entry.atMs}${entry.text}`} {...entry} />
                  ),
                )}
              </Scroll>
              <Composer
                testId="slack-composer"
                label={`Message ${nameOf(channel)}`}
                examples={examplesFor(person, 'slack').map((verb) => `/jit ${verb}`)}
                draft={line.draft}
                whole={line.whole}
                onDraft={line.set}
                input={input}
                onSend={send}
              />
            </>
          )}
        </div>
        {view && <SlackModal key={view.id} view={view} userId={slackId} slack={slack} />}
        {asked && (
          <Confirm
            confirm={asked.pressed.element.confirm as Json}
            onClose={() => setAsked(undefined)}
            onConfirm={() => {
              setAsked(undefined);
              void press(asked.message, asked.pressed);
            }}
          />
        )}
      </div>
    </section>
  );
}

interface PlacesProps {
  readonly title: string;
  readonly channels: readonly Channel[];
  readonly kind: Channel['kind'];
  readonly channel: Channel;
  readonly setPlace: (place: string) => void;
  readonly unread: (place: string) => number;
  readonly slackId: string;
}

function Places({ title, channels, kind, channel, setPlace, unread, slackId }: PlacesProps) {
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {channels
          .filter((one) => one.kind === kind)
          .map((one) => {
            const fresh = unread(`${slackId}${one.id}`);
            return (
              <li key={one.id}>
                <button
                  type="button"
                  className={fresh > 0 ? 'place place-fresh' : 'place'}
                  aria-current={one.id === channel.id}
                  onClick={() => setPlace(one.id)}
                >
                  {nameOf(one)}
                  {fresh > 0 && <span className="badge">{fresh}</span>}
                </button>
              </li>
            );
          })}
      </ul>
    </>
  );
}

interface ConfirmProps {
  readonly confirm: Json;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Slack's “are you sure” of a button. */
function Confirm({ confirm, onConfirm, onClose }: ConfirmProps) {
  const words = (name: string) => String((confirm[name] as Json).text);
  const style = confirm.style === 'danger' ? { style: 'danger' as const } : {};
  return (
    <Dialog
      title={words('title')}
      submit={{ label: words('confirm'), ...style }}
      close={words('deny')}
      onSubmit={onConfirm}
      onClose={onClose}
    >
      <p>{words('text')}</p>
    </Dialog>
  );
}

/** The workspace with what this person may see of it. */
function seenBy(slack: SlackState, userId: string): SlackState {
  const isVisible = ({ visibleTo }: Shown) => (visibleTo ?? userId) === userId;
  const channels = slack.channels
    .filter(({ members }) => members.includes(userId))
    .map((channel) => ({ ...channel, messages: channel.messages.filter(isVisible) }));
  return { ...slack, channels };
}

const nameOf = ({ kind, name }: Channel): string => (kind === 'im' ? 'Drawbridge' : `# ${name}`);
const sizeOf = ({ messages }: Channel): number => messages.reduce((sum, { replies }) => sum + 1 + replies.length, 0);

function timeline(channel: Channel, notices: readonly { readonly atMs: number; readonly text: string }[]) {
  const at = (entry: Shown | (typeof notices)[number]) => ('ts' in entry ? Number(entry.ts) * 1000 : entry.atMs);
  return [...channel.messages, ...notices].sort((a, b) => at(a) - at(b));
}
