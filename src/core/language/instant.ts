/** Milliseconds since 1970, UTC. In decisions it always comes from Redis TIME, never from the process clock. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The end of the year 9999: what comes after it has no date that people read. */
export const LAST: Instant = 253_402_300_799_999;
