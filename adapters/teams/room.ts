import type { Instant } from '../../src/core/language/instant.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Bot } from './bot.ts';
import type { Looks } from './looks.ts';
import type { People } from './people.ts';
import type { Roster } from './roster.ts';
import type { Limits, Settings } from './settings.ts';

/** What everything in this room works with. */
export interface Room {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly bot: Bot;
  readonly people: People;
  readonly roster: Roster;
  readonly looks: Looks;
  readonly now: () => Instant;
  readonly log: Log;
  readonly inbox: Inbox;
  /** Keeps work that nobody waits for, so that a stop can; what it throws is logged. */
  readonly later: (work: Promise<unknown>) => void;
  /** Aborts when the adapter stops for good. */
  readonly signal: AbortSignal;
}
