import { type Bucket, full, type Quota, taken, waitMs } from './token-bucket.ts';

/** So many are told apart; whoever was counted longest ago is forgotten first. */
const MOST = 10_000;

/** A limit for each of many, in memory: gives how long to wait in milliseconds, or 0 and counts it. `now` only goes forward. */
export function limiter(quota: Quota, now: () => number, most = MOST): (who: string) => number {
  const buckets = new Map<string, Bucket>();
  return (who) => {
    const at = now();
    const bucket = buckets.get(who) ?? full(quota, at);
    const wait = waitMs(quota, bucket, at, { isUrgent: true, ahead: 0 });
    buckets.delete(who);
    buckets.set(who, wait > 0 ? bucket : taken(quota, bucket, at));
    if (buckets.size > most) for (const [first] of buckets.entries().take(1)) buckets.delete(first);
    return wait;
  };
}
