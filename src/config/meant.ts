import { nearest } from '../core/machine/near.ts';
import { type Fault, IS_MISSING } from './fault.ts';

/** `; did you mean office?`, or nothing where no name is near. Of names as near, the one with the same letters: two were swapped. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const near = nearest(names, word.toLowerCase());
  const letters = (text: string) => [...text.toLowerCase()].toSorted().join('');
  const [first] = near;
  const meant = near.find((name) => letters(name) === letters(word)) ?? first;
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** What may be named, and the section that lists it. */
const LISTED = {
  group: 'groups',
  place: 'places',
  source: 'sources',
  machines: 'machines',
  policy: 'policies',
} as const;

/** A name that stands for nothing, with the nearest one that stands for something. */
export function notCalled(kind: keyof typeof LISTED, word: string, names: Iterable<string>, more = ''): string {
  const is = kind === 'machines' ? 'machines are' : `${kind} is`;
  return `no ${is} called ${word}${more}${didYouMean(word, names)}`;
}

/** Does it only follow from what is wrong with a section: a name that it would give, or that it is not there? */
export function followsFrom(message: string, section: string): boolean {
  const isNamed = Object.entries(LISTED).some(
    ([kind, own]) => own === section && new RegExp(`^no ${kind} (?:is|are) called `).test(message),
  );
  return (
    isNamed ||
    message === `${section} is not configured` ||
    (/^must configure /.test(message) && message.includes(section))
  );
}

/** Does it only follow from what is wrong with a setting beside it, or mistyped there: that it is needed, or takes the place of one that is missing? */
export function followsBeside({ path, message }: Fault, other: Fault): boolean {
  if (!message.startsWith('needs ') && !message.startsWith(IS_MISSING)) return false;
  const isBeside = other.path.length === path.length && other.path.slice(0, -1).every((part, i) => part === path[i]);
  const [, meant] = /did you mean (\w+)\?$/.exec(other.message) ?? [];
  const names = [String(other.path.at(-1)), ...(meant === undefined ? [] : [meant])];
  return isBeside && (message.match(/\w+/g) ?? []).some((word) => names.includes(word));
}
