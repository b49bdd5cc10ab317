import type { Unknown } from './known.ts';

/** What was read, or why it is not known. */
export type Read<T> = { readonly is: T } | { readonly unknown: Unknown };
