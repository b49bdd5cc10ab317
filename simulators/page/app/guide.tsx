import type { PageState } from '../state.ts';
import { openingsOf } from './clouds/headline.tsx';
import { holdsVerb } from './teams/activity.tsx';

/** What the guide types for the visitor. */
export const FIRST_COMMAND = '/jit request web-1 ssh for 2m because deploy of release 4711';

interface Props {
  readonly state: PageState;
  readonly onType: () => void;
  /** The command stands in Slack's line, and waits to be sent. */
  readonly isTyped: boolean;
}

/** Which of the four steps comes next; 5 after the last. */
function stepOf(state: PageState): number {
  if (openingsOf(state).rules > 0) return 4;
  const waits = state.teams.personal.some(({ activities }) =>
    activities.some(({ cards, deleted }) => !deleted && holdsVerb(cards, 'approve')),
  );
  if (waits) return 2;
  return hasBeenOpen(state) ? 5 : 1;
}

/** Something was open before, as the channel was told: a reload keeps the story. */
function hasBeenOpen({ slack }: PageState): boolean {
  return slack.channels.some(({ messages }) => messages.some(({ text }) => text.includes('closed, proven')));
}

/** The way through the demo, in four steps. */
export function Guide({ state, onType, isTyped }: Props) {
  const step = stepOf(state);
  const steps = [
    {
      title: 'Request in Slack',
      text: (
        <>
          as Ada ·{' '}
          {isTyped ? (
            'now press Enter'
          ) : (
            <button type="button" className="link" onClick={onType}>
              Type it for me
            </button>
          )}
        </>
      ),
    },
    { title: 'Approve in Teams', text: <>as Grace, on the card</> },
    { title: 'See it open', text: <>below, counting down</> },
    { title: 'See it close', text: <>Slack says “proven”</> },
  ];
  return (
    <ol className="guide" aria-label="Try it">
      {steps.map(({ title, text }, i) => {
        const state = i + 1 < step ? 'done' : i + 1 === step ? 'now' : 'next';
        return (
          <li key={title} className={`step step-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
            <span className="step-number" aria-hidden="true">
              {state === 'done' ? '✓' : i + 1}
            </span>
            <span className="step-text">
              <strong>{title}</strong> <span>{text}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
