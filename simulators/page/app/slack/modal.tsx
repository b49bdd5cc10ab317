import { useState } from 'react';
import type { SlackState } from '../../state.ts';
import { post } from '../post.ts';
import { Blocks, type Json } from './blocks.tsx';
import { Dialog } from './dialog.tsx';
import { Field, type Given, givenIn } from './field.tsx';

type View = SlackState['views'][string][number];
type Filled = Readonly<Record<string, Given>>;

/** Slack keeps what is filled in where block and action stay. */
const keyOf = (block: Json): string => `${block.block_id}/${(block.element as Json).action_id}`;

interface Props {
  readonly view: View;
  readonly userId: string;
  readonly slack: SlackState;
}

const words = (text: unknown): string => String((text as Json | null)?.text ?? '');

/** The modal that a person has in front of them: what it shows by the library, what it asks for by inputs of our own. */
export function SlackModal({ view, userId, slack }: Props) {
  const [filled, setFilled] = useState<Filled>({});
  const [sending, setSending] = useState(false);
  const where = { user: userId, view: view.id };
  const inputs = view.blocks.filter(({ type }) => type === 'input');
  const given = (block: Json): Given => {
    const own = filled[keyOf(block)];
    return own === undefined ? givenIn(block, view.state as Json) : own;
  };
  const errors = slack.viewErrors[userId] ?? {};

  /** The app hears of it at once, and draws the rest anew. What was typed goes with it. */
  const change = (block: string, action: string, value?: Given) =>
    void post('/api/slack/change', { ...where, block, action, ...(value === undefined ? {} : { value }) });

  const submit = async () => {
    setSending(true);
    const all = inputs.map((block) => [
      String(block.block_id),
      { [String((block.element as Json).action_id)]: given(block) },
    ]);
    await post('/api/slack/submit', { ...where, filled: Object.fromEntries(all) });
    setSending(false);
  };
  return (
    <Dialog
      title={words(view.title)}
      close={words(view.close) || 'Cancel'}
      {...(view.submit ? { submit: { label: words(view.submit) } } : {})}
      busy={sending}
      onSubmit={submit}
      onClose={() => void post('/api/slack/close', where)}
    >
      {view.blocks.map((block) => {
        const blockId = String(block.block_id);
        if (block.type !== 'input')
          return (
            <Blocks
              key={blockId}
              blocks={[block]}
              slack={slack}
              onPress={({ element }) => change(blockId, String(element.action_id))}
            />
          );
        const action = String((block.element as Json).action_id);
        return (
          <Field
            key={keyOf(block)}
            block={block}
            value={given(block)}
            error={errors[blockId]}
            onChange={(value) => {
              setFilled((before) => ({ ...before, [keyOf(block)]: value }));
              if (block.dispatch_action === true && value !== null) change(blockId, action, value);
            }}
            onSuggest={async (typed) => {
              const { options } = await post('/api/slack/suggest', { ...where, block: blockId, action, typed });
              return (options ?? []) as Json[];
            }}
          />
        );
      })}
    </Dialog>
  );
}
