import { type FileText, textOfFile } from './bytes.ts';
import type { Read } from './load.ts';

export interface ConfigWatch {
  /** Reads the file now, changed or not. */
  again(): Promise<void>;
  stop(): void;
}

interface Watcher {
  /** Reads and checks a text, with all that it refers to. */
  read(text: string): Promise<Read>;
  /** Gives whether nothing is left to do about this text: what is not taken up is told again. */
  tell(read: Read, text: string): Promise<boolean>;
  failed(error: unknown): void;
}

/** What was not taken up is read again after this: what it refers to, such as a secret, may be there by then. */
const AGAIN_MS = 60_000;

/**
 * Reads the file again when its text is another one, and tells of it once, or until it is taken up: what cannot be read is told when it is the same at the
 * next look, since an editor may have been halfway. The text is compared, because links, mounts, and editors change files in
 * ways that their times do not show.
 */
export function watchConfig(file: string, everyMs: number, { read: readText, tell, failed }: Watcher): ConfigWatch {
  let known = saidBy(textIn(file));
  let doubted: string | undefined;
  /** Looks until the same text is told again; undefined while nothing is left to do about it. */
  let left: number | undefined;
  let turn = Promise.resolve();
  const look = async (isAsked: boolean) => {
    const given = textIn(file);
    const said = saidBy(given);
    const isKnown = said === known;
    if (isKnown && left !== undefined) left -= 1;
    if (isKnown && !isAsked && !(left !== undefined && left <= 0)) return;
    const read: Read = 'fault' in given ? { faults: [given.fault] } : await readText(given.text);
    const isDoubted = doubted !== undefined && doubted === said;
    doubted = 'faults' in read ? said : undefined;
    if ('faults' in read && !isDoubted && !isAsked && !isKnown) return;
    // Where even that fails, as Redis is away, it is tried at the next look.
    const isDone = await tell(read, said);
    known = said;
    left = isDone ? undefined : Math.ceil(AGAIN_MS / everyMs);
  };
  const next = (isAsked: boolean) => {
    turn = turn.then(() => look(isAsked)).catch(failed);
    return turn;
  };
  const timer = setInterval(() => void next(false), everyMs);
  timer.unref();
  return { again: () => next(true), stop: () => clearInterval(timer) };
}

function textIn(file: string): FileText {
  try {
    return textOfFile(file);
  } catch {
    return { fault: `${file} cannot be read` };
  }
}

function saidBy(given: FileText): string {
  return 'fault' in given ? given.fault : given.text;
}
