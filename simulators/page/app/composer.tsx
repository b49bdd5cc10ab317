import { type FormEvent, type RefObject, useState } from 'react';

interface Props {
  readonly testId: string;
  readonly label: string;
  readonly draft: string;
  /** The whole line, while it is typed for the visitor: Enter sends all of it. */
  readonly whole?: string | undefined;
  readonly onDraft: (text: string) => void;
  readonly onSend: (text: string) => Promise<void>;
  /** Lines that a visitor may try. */
  readonly examples: readonly string[];
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The line at the bottom of a chat, with a few lines to try. Enter sends. */
export function Composer({ testId, label, draft, whole, onDraft, onSend, examples, input }: Props) {
  const [sending, setSending] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const text = (whole ?? draft).trim();
    if (text === '' || sending) return;
    onDraft('');
    setSending(true);
    await onSend(text);
    setSending(false);
    input.current?.focus();
  };
  return (
    <form className="composer" onSubmit={send}>
      <div className="examples">
        {examples.map((example) => (
          <button
            key={example}
            type="button"
            className="example"
            onClick={() => {
              onDraft(example);
              input.current?.focus();
            }}
          >
            {example}
          </button>
        ))}
      </div>
      <div className="composer-box">
        <input
          ref={input}
          data-testid={testId}
          aria-label={label}
          placeholder={label}
          value={draft}
          maxLength={3000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onDraft(event.target.value)}
        />
        <button type="submit" className="send" aria-label="Send" disabled={draft.trim() === '' || sending}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M2.5 3.2c0-.6.6-1 1.2-.7l13.6 6.8c.6.3.6 1.1 0 1.4L3.7 17.5c-.6.3-1.2-.1-1.2-.7V12l8.5-2-8.5-2z" />
          </svg>
        </button>
      </div>
    </form>
  );
}
