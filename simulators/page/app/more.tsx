import { useRef } from 'react';

/** Something to try, begun by a line that is typed for the visitor. */
export interface Try {
  readonly title: string;
  /** What to watch, or to press next. */
  readonly text: string;
  readonly chat: 'slack' | 'teams';
  /** Who types it. */
  readonly as: string;
  /** Absent: the app's Home tab is opened. */
  readonly line?: string;
}

const TRIES: readonly Try[] = [
  {
    title: 'Two people decide',
    text: 'Grace approves in Teams, then Sam: choose him there.',
    chat: 'slack',
    as: 'ada',
    line: '/jit request jump-1 ssh for 2m because a look at the queue',
  },
  {
    title: 'Approve for less',
    text: 'On Grace’s card, in its box; then Ada accepts it in her chat with Drawbridge.',
    chat: 'slack',
    as: 'ada',
    line: '/jit request api-1 ssh for 30m because the queue is stuck',
  },
  {
    title: 'A page for each person',
    text: 'Grace’s Home tab in Slack: what waits for her, what is hers, and what should be protected.',
    chat: 'slack',
    as: 'grace',
  },
  {
    title: 'The same in Teams',
    text: 'What waits for Grace, with the buttons of its cards.',
    chat: 'teams',
    as: 'grace',
    line: 'home',
  },
  {
    title: 'Open although a rule seems to close it',
    text: 'Why a packet gets into build-1, rule by rule.',
    chat: 'slack',
    as: 'ada',
    line: '/jit why build-1 22 from 203.0.113.7',
  },
  {
    title: 'In an emergency',
    text: 'Opens at once, and everybody is told.',
    chat: 'slack',
    as: 'ada',
    line: '/jit break-glass web-1 ssh for 2m because everything is down',
  },
  {
    title: 'Close what stands open',
    text: 'Shows who is affected first. Then look at legacy-1.',
    chat: 'slack',
    as: 'sam',
    line: '/jit protect legacy-1 usual closing',
  },
  {
    title: 'What should be protected',
    text: 'Each machine with a button to protect it.',
    chat: 'teams',
    as: 'sam',
    line: 'recommend',
  },
  {
    title: 'Before you ask',
    text: 'Which policy judges it, and who would decide.',
    chat: 'slack',
    as: 'ada',
    line: '/jit explain jump-1 ssh for 2h',
  },
];

/** What there is besides the way through: one press types the first line, Enter sends it. */
export function MoreToTry({ onStart }: { readonly onStart: (one: Try) => void }) {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <div className="more">
      <button type="button" className="menu-button" popoverTarget="more">
        More to try
      </button>
      <div className="menu menu-tries" id="more" popover="auto" ref={menu}>
        {TRIES.map((one) => (
          <button
            key={one.title}
            type="button"
            className="try"
            onClick={() => {
              menu.current?.hidePopover();
              onStart(one);
            }}
          >
            <b>{one.title}</b>
            <span>{one.text}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
