import { useState } from 'react';
import type { SlackState } from '../../state.ts';
import { clockOf } from '../clock.ts';
import { Avatar } from '../person.tsx';
import { Blocks, Mrkdwn, type Pressed } from './blocks.tsx';

type Shown = SlackState['channels'][number]['messages'][number];
type Reply = Shown['replies'][number];

interface Props {
  readonly message: Shown;
  readonly slack: SlackState;
  readonly onPress: (message: Shown, pressed: Pressed) => void;
}

const REPLIES_SHOWN = 4;
const atMs = (ts: string): number => Number(ts) * 1000;

/** A message with the replies in its thread. */
export function SlackMessage({ message, slack, onPress }: Props) {
  const [all, setAll] = useState(false);
  const { replies } = message;
  const hidden = all ? 0 : Math.max(0, replies.length - REPLIES_SHOWN);
  const isPrivate = message.visibleTo !== undefined;
  return (
    <article className={isPrivate ? 'slack-message slack-private' : 'slack-message'}>
      {isPrivate && <OnlyYou />}
      <Author message={message} slack={slack} />
      <div className="slack-content">
        {message.blocks.length > 0 ? (
          <Blocks blocks={message.blocks} slack={slack} onPress={(pressed) => onPress(message, pressed)} />
        ) : (
          <Mrkdwn text={message.text} slack={slack} />
        )}
        {replies.length > 0 && (
          <ol className="slack-thread" aria-label={`${replies.length} replies in the thread`}>
            {hidden > 0 && (
              <li>
                <button type="button" className="link" onClick={() => setAll(true)}>
                  Show {hidden} earlier {hidden === 1 ? 'reply' : 'replies'}
                </button>
              </li>
            )}
            {replies.slice(hidden).map((reply) => (
              <ThreadReply key={reply.ts} reply={reply} slack={slack} />
            ))}
          </ol>
        )}
      </div>
    </article>
  );
}

/** Something that Slack itself says, to one person only. */
export function SlackNotice({ atMs: at, text }: { readonly atMs: number; readonly text: string }) {
  return (
    <article className="slack-message slack-private">
      <OnlyYou />
      <div className="slack-author">
        <Avatar name="Slackbot" />
        <strong>Slackbot</strong>
        <time>{clockOf(at)}</time>
      </div>
      <p className="slack-content">{text}</p>
    </article>
  );
}

function OnlyYou() {
  return (
    <p className="only-you">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 3C4.5 3 2 6 1 8c1 2 3.5 5 7 5s6-3 7-5c-1-2-3.5-5-7-5m0 8.2A3.2 3.2 0 1 1 8 4.8a3.2 3.2 0 0 1 0 6.4m0-4.9a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4" />
      </svg>
      Only visible to you
    </p>
  );
}

function Author({ message, slack }: { readonly message: Reply; readonly slack: SlackState }) {
  const user = slack.users.find(({ id }) => id === message.user);
  const name = user?.real_name ?? message.user;
  const isBot = user?.is_bot === true;
  return (
    <div className="slack-author">
      <Avatar name={name} bot={isBot} />
      <strong>{name}</strong>
      {isBot && <span className="slack-app">APP</span>}
      <time>{clockOf(atMs(message.ts))}</time>
      {message.editedTs && <span className="slack-edited">(edited)</span>}
    </div>
  );
}

function ThreadReply({ reply, slack }: { readonly reply: Reply; readonly slack: SlackState }) {
  return (
    <li>
      <time>{clockOf(atMs(reply.ts))}</time>
      <Mrkdwn text={reply.text} slack={slack} />
    </li>
  );
}
