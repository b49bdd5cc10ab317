import { type MouseEvent, useMemo } from 'react';
import { type Block, Message } from 'slack-blocks-to-jsx';
import 'slack-blocks-to-jsx/dist/style.css';
import type { SlackState } from '../../state.ts';
import { slackDate } from '../clock.ts';
import { useDark } from '../live.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A button of a message, and the block it is in. */
export interface Pressed {
  readonly block: Json;
  readonly element: Json;
}

interface Props {
  readonly blocks: readonly Json[];
  readonly slack: SlackState;
  readonly onPress?: (pressed: Pressed) => void;
  readonly isPlain?: boolean;
}

const BUTTON = '.slack_blocks_to_jsx__button_element';

/**
 * Blocks as Slack draws them, by `slack-blocks-to-jsx`. The library draws buttons and does nothing with them: each gets an
 * id of its own here, by which a click finds the button, and its confirmation is asked by us.
 */
export function Blocks({ blocks, slack, onPress, isPlain = false }: Props) {
  const isDark = useDark();
  const { drawn, buttons } = useMemo(() => withOwnIds(blocks), [blocks]);
  const press = ({ target }: MouseEvent) => {
    const id = target instanceof Element ? target.closest(BUTTON)?.id : undefined;
    const found = id === undefined ? undefined : buttons.get(id);
    if (found) onPress?.(found);
  };
  const users = slack.users.map(({ id, real_name: name }) => ({ id, name }));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the clicks are those of the buttons inside.
    // biome-ignore lint/a11y/useKeyWithClickEvents: a button that is pressed with a key clicks.
    <div className={isPlain ? 'slack-blocks slack-plain' : 'slack-blocks'} onClick={press}>
      <Message
        withoutWrapper
        theme={isDark ? 'dark' : 'light'}
        // The library's types are its own copy of Slack's; the simulator has checked these blocks against the real ones.
        blocks={readable(drawn) as Block[]}
        name=""
        logo=""
        data={{ users, channels: slack.channels.map(({ id, name }) => ({ id, name })) }}
        hooks={{
          user: ({ id, name }) => <span className="slack-mention">@{name || id}</span>,
          date: ({ timestamp, format }) => <time>{slackDate(Number(timestamp) * 1000, format)}</time>,
        }}
      />
    </div>
  );
}

/** A text in Slack's markup, as a message without blocks has one. */
export function Mrkdwn({ text, slack }: { readonly text: string; readonly slack: SlackState }) {
  const blocks = useMemo(() => [{ type: 'section', text: { type: 'mrkdwn', text } }], [text]);
  return <Blocks blocks={blocks} slack={slack} isPlain />;
}

/**
 * Texts as the library reads them rightly. For it `verbatim` means no markup at all (in Slack: no links that nobody
 * wrote), and it takes an escaped `<` for one that begins a mention.
 */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => name !== 'verbatim');
  const read = Object.fromEntries(fields.map(([name, held]) => [name, readable(held)]));
  if (read.type !== 'mrkdwn') return read;
  return { ...read, text: unescaped(String(read.text)) };
}

const ZERO_WIDTH = '\u200b';
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', `<${ZERO_WIDTH}`).replaceAll('&gt;', '>').replaceAll('&amp;', '&');

function withOwnIds(blocks: readonly Json[]): {
  readonly drawn: readonly Json[];
  readonly buttons: ReadonlyMap<string, Pressed>;
} {
  const buttons = new Map<string, Pressed>();
  const own = (block: Json, element: Json): Json => {
    if (element.type !== 'button') return element;
    const id = `${block.block_id}/${element.action_id}`;
    buttons.set(id, { block, element });
    const { confirm: _, ...drawn } = element;
    return { ...drawn, action_id: id };
  };
  const drawn = blocks.map((block) => {
    if (block.type === 'actions')
      return { ...block, elements: (block.elements as Json[]).map((element) => own(block, element)) };
    return block.accessory ? { ...block, accessory: own(block, block.accessory as Json) } : block;
  });
  return { drawn, buttons };
}
