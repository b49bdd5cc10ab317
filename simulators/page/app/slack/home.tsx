import { useEffect } from 'react';
import type { SlackState } from '../../state.ts';
import { post } from '../post.ts';
import { Blocks } from './blocks.tsx';

interface TabsProps {
  readonly isHome: boolean;
  readonly im: string;
  readonly onPlace: (place: string) => void;
}

/** What an app has in Slack: a page for each person, and its messages to them. */
export function AppTabs({ isHome, im, onPlace }: TabsProps) {
  return (
    <div className="app-tabs">
      <button type="button" aria-pressed={isHome} onClick={() => onPlace('home')}>
        Home
      </button>
      <button type="button" aria-pressed={!isHome} onClick={() => onPlace(im)}>
        Messages
      </button>
    </div>
  );
}

interface HomeProps {
  readonly slack: SlackState;
  readonly userId: string;
}

/** The app's Home tab: Slack tells the app that it was opened, and the app draws it. */
export function SlackHome({ slack, userId }: HomeProps) {
  useEffect(() => {
    void post('/api/slack/home', { user: userId });
  }, [userId]);
  const view = slack.homes[userId];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard.
    <section className="scroll slack-home" aria-label="Home of Drawbridge" tabIndex={0}>
      {view ? (
        <Blocks
          blocks={view.blocks}
          slack={slack}
          onPress={({ block, element }) =>
            void post('/api/slack/press-home', {
              user: userId,
              action: String(element.action_id),
              block: String(block.block_id),
            })
          }
        />
      ) : (
        <p className="empty">Loading…</p>
      )}
    </section>
  );
}
