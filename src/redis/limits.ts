import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/language/instant.ts';

/** How long and how much a store keeps. The same for every store, so that a test's twin forgets as the real one does. */
export const KEEP = {
  /** A request that is over, where `redis.keepDays` says nothing else. */
  endedMs: 90 * DAY_MS,
  /** The cards of a request that is over: long enough to show the last state after a chat's bad weekend. */
  cardsMs: 7 * DAY_MS,
  /** Which request a delivery made. Chats repeat a delivery for an hour at most. */
  madeMs: 24 * HOUR_MS,
  /** Who may always close, as directories knew them last. */
  lastKnownMs: 7 * DAY_MS,
  /** That an entry of the audit was written: longer than a connection tries to send it again. */
  recordedMs: 10 * MINUTE_MS,
  /** The same of one that was kept elsewhere: longer than a computer stays off with entries on its disk. */
  mergedMs: 90 * DAY_MS,
  /** What a patrol found: longer than several of them take. */
  straysMs: 15 * MINUTE_MS,
  /** Pages of consent, after the last one was kept: each is asked again long before. */
  consentMs: 30 * DAY_MS,
  /** Where the entries of one request stand in the audit, for the board. */
  entries: 200,
  /** Requests remembered for each person. */
  recent: 50,
  /** Approvals remembered in all. */
  approvals: 10_000,
  /** A machine that was just looked at is not due again sooner: what cannot be settled must not spin. */
  restMs: 500,
  /** The same for one that has records which cannot be read here. */
  unreadRestMs: 1_000,
} as const;
