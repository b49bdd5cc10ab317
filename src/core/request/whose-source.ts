import { networksOf } from '../rule/network.ts';
import type { SourceNames } from '../rule/source.ts';
import { isApproved, type Request, wasOpen } from './request.ts';
import type { Published, Whose } from './whose.ts';

/** What is known of the requester's addresses. */
export interface KnownAddresses {
  /** Confirmed in chat lately, canonical. */
  readonly confirmed: string | undefined;
  /** Of the directory, canonical. */
  readonly recorded: string | undefined;
  /** Their last requests. */
  readonly recent: readonly Request[];
  /** What databases say of it. */
  readonly published?: Published | undefined;
}

/** Undefined where nothing is known of it. */
export function whoseSource(
  { source, sourceName }: Pick<Request, 'source' | 'sourceName'>,
  { confirmed, recorded, recent, published }: KnownAddresses,
  names: SourceNames,
): Whose | undefined {
  const isUsed = recent.some(
    (one) => one.source === source && one.sourceName === undefined && isApproved(one) && wasOpen(one),
  );
  const own = confirmed === source ? 'confirmed' : recorded === source ? 'recorded' : isUsed ? 'used' : undefined;
  const networks = networksOf(source, names).filter((name) => name !== sourceName);
  if (own === undefined && networks.length === 0 && !published) return undefined;
  return {
    source,
    ...(own === undefined ? {} : { own }),
    ...(networks.length === 0 ? {} : { networks }),
    ...(published ? { published } : {}),
  };
}
