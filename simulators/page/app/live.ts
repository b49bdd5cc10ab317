import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { PageState } from '../state.ts';

export interface Live {
  readonly state?: PageState;
  /** The server's clock minus this browser's, in ms. */
  readonly skewMs: number;
  readonly connected: boolean;
}

/** The newest state that the server sent, and whether it still does. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ skewMs: 0, connected: true });
  useEffect(() => {
    const source = new EventSource('/api/events');
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const state = JSON.parse(data) as PageState;
      setLive({ state, skewMs: state.nowMs - Date.now(), connected: true });
    };
    source.onerror = () => setLive((before) => ({ ...before, connected: false }));
    return () => source.close();
  }, []);
  return live;
}

/** The server's clock minus this browser's, for everything that counts down. */
export const Skew = createContext(0);

/** Milliseconds until `endMs` on the server's clock, anew every second. */
export function useLeft(endMs: number): number {
  const skew = useContext(Skew);
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, endMs - Date.now() - skew);
}

/** `12:31`, or `1:02:31`. */
export function countdown(ms: number): string {
  const all = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

export const useDark = (): boolean => useMedia('(prefers-color-scheme: dark)');
/** Teams has a theme for it; Slack has none. */
export const useContrast = (): boolean => useMedia('(prefers-contrast: more)');
export const useStill = (): boolean => useMedia('(prefers-reduced-motion: reduce)');
