/** A service's limit on one kind of call: so many at once, and so many more each second. */
export interface Quota {
  readonly burst: number;
  readonly perSecond: number;
}

/** What is left of a quota (a token bucket). Times are in milliseconds on one clock. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** The part that is kept for what is urgent: so closing never waits behind opening. */
const KEPT = 0.2;

export function full({ burst }: Quota, now: number): Bucket {
  return { tokens: burst, at: now };
}

/** Who asks for a token, and how many others have theirs before. */
interface Turn {
  readonly isUrgent: boolean;
  readonly ahead: number;
}

/** How long to wait before the next call; 0 when it may be made now. */
export function waitMs(quota: Quota, bucket: Bucket, now: number, { isUrgent, ahead }: Turn): number {
  const needed = 1 + ahead + (isUrgent ? 0 : Math.floor(quota.burst * KEPT));
  const missing = needed - refilled(quota, bucket, now).tokens;
  return missing <= 0 ? 0 : Math.ceil((missing / quota.perSecond) * 1_000);
}

/** The bucket after one more call. */
export function taken(quota: Quota, bucket: Bucket, now: number): Bucket {
  return { tokens: refilled(quota, bucket, now).tokens - 1, at: now };
}

/** The bucket as the service itself says that it is: others may call with the same right. */
export function told(quota: Quota, bucket: Bucket, now: number, left: number): Bucket {
  return { tokens: Math.min(refilled(quota, bucket, now).tokens, left), at: now };
}

function refilled({ burst, perSecond }: Quota, bucket: Bucket, now: number): Bucket {
  const passed = Math.max(0, now - bucket.at);
  return { tokens: Math.min(burst, bucket.tokens + (passed / 1_000) * perSecond), at: now };
}
