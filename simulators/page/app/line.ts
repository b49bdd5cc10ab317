import { useEffect, useRef, useState } from 'react';
import { useStill } from './live.ts';

const TYPE_MS = 18;

/** What stands in a chat's composer. */
export interface TypedLine {
  readonly draft: string;
  /** All of it, while it is being typed for the visitor. */
  readonly whole: string | undefined;
  /** By the visitor. */
  readonly set: (text: string) => void;
  /** As somebody would type it, or at once for whoever wants no motion. */
  readonly type: (line: string) => void;
}

export function useLine(): TypedLine {
  const isStill = useStill();
  const [draft, setDraft] = useState('');
  const [whole, setWhole] = useState<string>();
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  useEffect(() => () => clearInterval(timer.current), []);
  const set = (text: string) => {
    clearInterval(timer.current);
    setWhole(undefined);
    setDraft(text);
  };
  const type = (line: string) => {
    set(isStill ? line : '');
    if (isStill) return;
    setWhole(line);
    let length = 0;
    timer.current = setInterval(() => {
      length += 1;
      if (length >= line.length) set(line);
      else setDraft(line.slice(0, length));
    }, TYPE_MS);
  };
  return { draft, whole, set, type };
}
