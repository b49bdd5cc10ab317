import { createHash, randomBytes } from 'node:crypto';

/*
 * Every key that belongs to the store of requests:
 *
 *   request:<id>      record (codec.ts); expires after `redis.keepDays`
 *   live              "<id> <machine>" of all requests that have a time to look at, by when they were asked
 *   on:<machine>      ids of the machine's live requests, by their time to look; those that wait for a decision are apart
 *   waits:<machine>   the same of these
 *   due               machines, by the earliest of both
 *   ends:<lock>       ids of what is open and takes this lock, by when it is to be closed
 *   budget:<site>     what ends there, by when, a member for each port (indexes.ts): how many may end then follows from the clouds' limits
 *   of:<person>       ids of a person's current requests         asked:<person>, policy:<name>, named:<machine>, state:open   the same
 *   person:<id>       ids of what the person asked for last      sources:<id>   machine → source that was opened last
 *   approvals         list of "<when> <machine> <person>", the newest last: a list takes a third of what a sorted set does
 *   made:<key>        the request that a delivery made           placed:<key>   the request that placed a rule
 *   same              what is asked for → the request that stands for it (core/request/same.ts)
 *   behind            ids whose cards are behind, since when     cards:<id>     a line each
 *   audit             stream (audit.ts)                          once:<key>     deliveries seen
 *   audit-heads       checkpoints of its chain (audit-chain.ts)   audit-sinks, audit-keys: how far each is, what signed
 *   recorded:<key>    an entry of the audit that was written
 *   strays            rules in the clouds that no request is known for, as the last patrol found them
 *   commits           where the store stands: epoch and since when, count, id of the last; commit-ids: of the last thousand
 *   board             ids by when they changed last              board-rows      what the board shows of each, where there is one
 *   entries:<id>      where the entries of a request stand in the audit, for the board
 *   beats             processes, by when each said last that it lives (pulse.ts)   lock:<key>, and who waits for it, or left it
 *   clock             the highest instant seen (lua/prelude.lua)
 *   probe, probe-list, probe-stream: what is tried to find out whether closing can do all it needs (lua/write.lua)
 */

/** What every key begins with. The braces are a hash tag: all keys are in one slot of a Redis Cluster. */
export function baseKey(prefix: string): string {
  return `{${prefix}}`;
}

/** 96 bits of SHA-256, in 16 characters: a key of bounded length for a text of any length. */
export function short(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** 96 random bits, in 16 characters. */
export function salt(): string {
  return randomBytes(12).toString('base64url');
}
