import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { BoardRow } from '../../src/core/board/row.ts';
import { act, type Me, Trouble } from './api.ts';
import { cloudText } from './clouds.ts';
import { go, leaseAddress } from './place.ts';

/** A link of the page itself: it changes the address without loading anything. */
export function Go({ to, children, className }: { to: string; children: ReactNode; className?: string }) {
  return (
    <a
      href={to}
      {...(className === undefined ? {} : { className })}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

type Tone = 'open' | 'good' | 'warn' | 'bad' | 'plain';

/** The tone is never all that says it. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

const STATES: Readonly<Record<BoardRow['status'], readonly [Tone, string]>> = {
  pending: ['warn', 'waits'],
  scheduled: ['plain', 'starts later'],
  denied: ['plain', 'denied'],
  withdrawn: ['plain', 'withdrawn'],
  expired: ['plain', 'expired'],
  activating: ['open', 'opening'],
  active: ['open', 'open'],
  closing: ['warn', 'closing'],
  ended: ['good', 'closed'],
};
const VERDICTS: Readonly<Record<NonNullable<BoardRow['verdict']>, readonly [Tone, string]>> = {
  closed: ['good', 'closed, proven'],
  shared: ['plain', 'still used by another'],
  open: ['bad', 'open through others'],
  unknown: ['warn', 'not known'],
};

function of<T>(all: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(all, word) ? all[word] : undefined;
}

export function State({ row, now }: { row: BoardRow; now: number }) {
  const own = row.status === 'ended' && row.verdict ? of(VERDICTS, row.verdict) : of(STATES, row.status);
  // A record of a newer Drawbridge, read by an older page.
  const [tone, text] = own ?? (['warn', 'not known'] as const);
  const isLate = row.overAt !== undefined && row.overAt < now;
  return (
    <span className="badges">
      <Badge tone={tone}>{text}</Badge>
      {isLate && <Badge tone="bad">overdue</Badge>}
      {row.isGlass && <Badge tone="bad">break-glass</Badge>}
      {row.reviewBy !== undefined && <Badge tone="warn">review owed</Badge>}
      {row.isDrill && <Badge tone="plain">drill</Badge>}
      {row.isExtending && <Badge tone="warn">wants more time</Badge>}
      {row.trouble !== undefined && <Badge tone="warn">trouble</Badge>}
      {row.trouble !== undefined && <span className="soft">{row.trouble}</span>}
    </span>
  );
}

export function Machine({ row }: { row: BoardRow }) {
  return (
    <span className="two">
      <Go to={leaseAddress(row.id)} className="strong">
        {row.machineName}
      </Go>
      <span className="soft">
        {row.location || cloudText(row.machine.slice(0, Math.max(0, row.machine.indexOf(':'))))}
      </span>
    </span>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Wrong({ trouble }: { trouble: Trouble | undefined }) {
  if (!trouble) return null;
  return (
    <p className="wrong" role="alert">
      {trouble.message}{' '}
      {trouble.status === 401 && <a href={window.location.pathname + window.location.search}>Sign in again</a>}
    </p>
  );
}

/** A table that scrolls sideways by itself on a narrow screen, and can be reached with the keyboard. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section className="wide" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

export function Pages({
  skip,
  most,
  all,
  onSkip,
}: {
  skip: number;
  most: number;
  all: number;
  onSkip: (to: number) => void;
}) {
  if (all <= most && skip === 0) return null;
  const last = Math.min(all, skip + most);
  // Past the end, the way back leads to the last page there is.
  const newer = Math.max(0, Math.min(skip - most, Math.floor((all - 1) / most) * most));
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" className="quiet" disabled={skip === 0} onClick={() => onSkip(newer)}>
        Newer
      </button>
      <span>
        {skip < all
          ? `${skip + 1}–${last} of ${all.toLocaleString('en-US')}`
          : `none of ${all.toLocaleString('en-US')}`}
      </span>
      <button type="button" className="quiet" disabled={last >= all} onClick={() => onSkip(skip + most)}>
        Older
      </button>
    </nav>
  );
}

interface Confirming {
  readonly me: Me;
  readonly label: string;
  readonly title: string;
  readonly says: string;
  readonly what: 'close' | 'protect';
  readonly fields: Readonly<Record<string, string>>;
  /** Asks for words as well. */
  readonly asksWhy?: boolean;
  readonly isRisky?: boolean;
}

/** A button that asks first, and says what came of it. */
export function Confirm({ me, label, title, says, what, fields, asksWhy = false, isRisky = false }: Confirming) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState<{ readonly text: string; readonly isBad: boolean; readonly isAnew?: boolean }>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const press = async () => {
    setBusy(true);
    try {
      setSaid({ text: await act(me, what, asksWhy ? { ...fields, reason } : fields), isBad: false });
      dialog.current?.close();
    } catch (error) {
      const isAnew = error instanceof Trouble && error.code === 'boardAnew';
      setSaid({
        text:
          error instanceof Trouble
            ? error.message
            : 'This did not work. Reload the page, and look whether it was done.',
        isBad: true,
        isAnew,
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" className={isRisky ? 'small bad' : 'small'} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <output className="said">{said?.isBad ? '' : said?.text}</output>
      <dialog ref={dialog} aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{says}</p>
        {asksWhy && (
          <label className="field">
            Why (optional)
            <input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </label>
        )}
        {said?.isBad && (
          <p className="wrong" role="alert">
            {said.text}
          </p>
        )}
        {said?.isAnew && <SignInAnew me={me} />}
        <div className="row-end">
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className={isRisky ? 'bad' : ''} disabled={isBusy} onClick={() => void press()}>
            {label}
          </button>
        </div>
      </dialog>
    </>
  );
}

/** A policy demands a fresh sign-in: afterwards the page is where it was. */
function SignInAnew({ me }: { me: Me }) {
  return (
    <form method="post" action="/board/sign-in-anew">
      <input type="hidden" name="form" value={me.form} />
      <input type="hidden" name="path" value={window.location.pathname + window.location.search} />
      <button type="submit">Sign in anew</button>
    </form>
  );
}

/** A text with commands in it, which stand between backticks. */
export function Coded({ text }: { text: string }) {
  return text.split(/(`[^`]+`)/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the same command may stand there twice, and the text stays as it is
    i % 2 === 1 ? <code key={i}>{part.slice(1, -1)}</code> : part,
  );
}

/** A text that is in the address a moment after somebody typed it. */
export function Search({ value, label, onChange }: { value: string; label: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = window.setTimeout(() => latest.current(typed), 300);
    return () => window.clearTimeout(timer);
  }, [typed, value]);
  return (
    <input
      type="search"
      className="search"
      placeholder={label}
      aria-label={label}
      value={typed}
      maxLength={80}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
