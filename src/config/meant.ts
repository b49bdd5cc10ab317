import { nearest } from '../core/machine/near.ts';

/** `; did you mean office?`, or nothing where no name is near. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const [first] = nearest(names, word.toLowerCase());
  return first === undefined ? '' : `; did you mean ${first}?`;
}
