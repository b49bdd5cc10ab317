import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly submit?: { readonly label: string; readonly style?: 'danger' };
  readonly close: string;
  readonly busy?: boolean;
  readonly onSubmit?: () => void;
  readonly onClose: () => void;
}

/** A dialog inside of Slack's window, as its modals and its “are you sure” look. Escape closes it. */
export function Dialog({ title, children, submit, close, busy = false, onSubmit, onClose }: Props) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.querySelector<HTMLElement>('input, select, textarea, .dialog-foot button')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => {
    // On the window: a button that is switched off while it works loses the focus.
    const leave = ({ key }: KeyboardEvent) => key === 'Escape' && onClose();
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, [onClose]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit?.();
  };
  return (
    <div className="dialog-back">
      <form ref={box} className="dialog" role="dialog" aria-modal="true" aria-label={title} noValidate onSubmit={send}>
        <header className="dialog-head">
          <h3>{title}</h3>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            ×
          </button>
        </header>
        <div className="dialog-body">{children}</div>
        <footer className="dialog-foot">
          <button type="button" className="slack-button" onClick={onClose}>
            {close}
          </button>
          {submit && (
            <button type="submit" className={`slack-button ${submit.style ?? 'primary'}`} disabled={busy}>
              {busy ? 'Sending…' : submit.label}
            </button>
          )}
        </footer>
      </form>
    </div>
  );
}
