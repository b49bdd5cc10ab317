import type { Deps } from '../deps.ts';

/** Runs work; what a cloud carries out for it is added to `into`, with the cloud's own ids, where these are known. */
export function collecting<T>({ calls }: Pick<Deps, 'calls'>, into: string[], work: () => Promise<T>): Promise<T> {
  return calls ? calls.collect(into, work) : work();
}
