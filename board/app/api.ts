import { useEffect, useRef, useState } from 'react';
import type { BoardViewer } from '../../src/ports/board.ts';

export interface Me extends BoardViewer {
  readonly hasSignIn: boolean;
  /** Goes with whatever is done. */
  readonly form: string;
}

/** What went wrong, in words that may be shown. */
export class Trouble extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, text: string, code?: string) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await sent(() => fetch(`/board/api/${path}`, signal ? { signal } : {})));
}

export async function act(me: Me, what: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ form: me.form, ...fields });
  const { said } = await answerOf<{ readonly said: string }>(
    await sent(() => fetch(`/board/api/${what}`, { method: 'POST', body })),
  );
  return said;
}

export async function leave(me: Me): Promise<void> {
  await sent(() => fetch('/board/leave', { method: 'POST', body: new URLSearchParams({ form: me.form }) }));
  window.location.assign('/board');
}

async function sent(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Trouble(0, 'Drawbridge cannot be reached. The page tries again by itself.');
  }
}

const UNREADABLE =
  'The answer could not be read. Reload the page; if that does not help, tell whoever looks after Drawbridge.';

async function answerOf<T>(answer: Response): Promise<T> {
  // An answer that is broken off, or is a page of something in between, is none.
  if (answer.ok)
    return (await answer.json().catch(() => {
      throw new Trouble(0, UNREADABLE);
    })) as T;
  const body = (await answer.json().catch(() => ({}))) as { readonly text?: string; readonly code?: string };
  throw new Trouble(answer.status, body.text ?? 'This did not work. Try again in a minute.', body.code);
}

export interface Asked<T> {
  readonly answer: T | undefined;
  readonly trouble: Trouble | undefined;
  readonly isAsking: boolean;
}

const AGAIN_MS = 5_000;

/** What the server says, asked anew after each change (`version`) and when the question is another one. What was said last stays while it is asked. */
export function useAsk<T>(path: string, version: number): Asked<T> {
  const [state, setState] = useState<Asked<T> & { readonly of: string }>({
    ...{ answer: undefined, trouble: undefined, isAsking: true, of: path },
  });
  const again = useRef<number | undefined>(undefined);
  useEffect(() => {
    const gone = new AbortController();
    const look = async () => {
      try {
        const answer = await ask<T>(path, gone.signal);
        setState({ answer, trouble: undefined, isAsking: false, of: path });
      } catch (error) {
        if (gone.signal.aborted) return;
        const trouble = error instanceof Trouble ? error : new Trouble(0, UNREADABLE);
        setState((before) => ({ ...before, trouble, isAsking: false }));
        if (trouble.status !== 401 && trouble.status !== 404) again.current = window.setTimeout(look, AGAIN_MS);
      }
    };
    void version;
    void look();
    return () => {
      gone.abort();
      window.clearTimeout(again.current);
    };
  }, [path, version]);
  const isOther = state.of !== path;
  return { answer: state.answer, trouble: state.trouble, isAsking: state.isAsking || isOther };
}
