import { readFileSync } from 'node:fs';
import { type Read, readConfig } from './load.ts';

export interface ConfigWatch {
  /** Reads the file now, changed or not. */
  again(): Promise<void>;
  stop(): void;
}

/**
 * Reads the file again when its text is another one, and tells of it once: what cannot be read is told when it is the same at the
 * next look, since an editor may have been halfway. The text is compared, because links, mounts, and editors change files in
 * ways that their times do not show.
 */
export function watchConfig(
  file: string,
  everyMs: number,
  { tell, failed }: { tell(read: Read): Promise<void>; failed(error: unknown): void },
): ConfigWatch {
  let known = textOf(file);
  let doubted: string | undefined;
  let turn = Promise.resolve();
  const look = async (isAsked: boolean) => {
    const text = textOf(file);
    if (!isAsked && text === known) return;
    const read: Read =
      text === undefined ? { faults: [`${file} cannot be read`] } : readConfig(text, { resolve: true });
    const isDoubted = doubted !== undefined && doubted === (text ?? '');
    doubted = 'faults' in read ? (text ?? '') : undefined;
    if ('faults' in read && !isDoubted && !isAsked) return;
    known = text;
    await tell(read);
  };
  const next = (isAsked: boolean) => {
    turn = turn.then(() => look(isAsked)).catch(failed);
    return turn;
  };
  const timer = setInterval(() => void next(false), everyMs);
  timer.unref();
  return { again: () => next(true), stop: () => clearInterval(timer) };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
