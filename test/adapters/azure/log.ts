import type { Log } from '../../../src/ports/log.ts';

/** Log lines that were written, by their messages. */
export interface TestLog extends Log {
  readonly lines: string[];
}

export function testLog(): TestLog {
  const lines: string[] = [];
  const add = (_: unknown, message: string) => void lines.push(message);
  return { lines, info: add, warn: add, error: add };
}
