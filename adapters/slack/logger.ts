import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../src/ports/log.ts';

const LONGEST = 500;

/** The lines of Bolt and of its clients, with their words as data. */
export function slackLogger(log: Log): Logger {
  const words = (parts: readonly unknown[]) => ({
    detail: parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .slice(0, LONGEST),
  });
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn(words(parts), 'Slack’s client warns'),
    error: (...parts) => log.warn(words(parts), 'Slack’s client met an error'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
