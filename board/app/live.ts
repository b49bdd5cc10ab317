import { useEffect, useState } from 'react';

const POLL_MS = 5_000;
const CLOCK_MS = 1_000;

export interface Live {
  /** Another number after each change. */
  readonly version: number;
  /** The page is told of changes; otherwise it asks every few seconds. */
  readonly isTold: boolean;
}

/** Told of changes within a second; where that does not work, asks. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ version: 0, isTold: false });
  useEffect(() => {
    const events = new EventSource('/board/events');
    const next = (isTold: boolean) => setLive(({ version }) => ({ version: version + 1, isTold }));
    let isTold = false;
    events.addEventListener('open', () => {
      isTold = true;
      setLive(({ version }) => ({ version, isTold: true }));
    });
    events.addEventListener('changed', () => next(true));
    events.addEventListener('away', () => next(true));
    events.addEventListener('error', () => {
      isTold = false;
      setLive(({ version }) => ({ version, isTold: false }));
    });
    const poll = window.setInterval(() => {
      if (!isTold && document.visibilityState === 'visible') next(false);
    }, POLL_MS);
    return () => {
      events.close();
      window.clearInterval(poll);
    };
  }, []);
  return live;
}

/** The time now by the server's clock, as far as its last answer told it: counts on each second. */
export function useNow(said: number | undefined): number {
  const [offset, setOffset] = useState(0);
  const [own, setOwn] = useState(Date.now());
  useEffect(() => {
    if (said !== undefined) setOffset(said - Date.now());
  }, [said]);
  useEffect(() => {
    const timer = window.setInterval(() => setOwn(Date.now()), CLOCK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return own + offset;
}
