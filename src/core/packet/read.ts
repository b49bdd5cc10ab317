import type { Unknown } from './known.ts';

/** What was read, or why it is not known. */
export type OrUnknown<T> = { readonly is: T } | { readonly unknown: Unknown };
