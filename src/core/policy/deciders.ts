import { commas, say } from '../language/say.ts';
import type { Phrase } from '../language/text.ts';

/** How a policy's words for those who decide are said: `stageText` and `approversText` write them, and requests keep them so. */
const KNOWN: readonly (readonly [written: RegExp, said: (name: string) => Phrase])[] = [
  [/^the manager$/, () => say`the manager`],
  [/^the manager’s manager$/, () => say`the manager’s manager`],
  [/^the owner \(tag (.+)\)$/, (tag) => say`the owner (tag ${tag})`],
  [/^on call for (.+)$/, (schedule) => say`on call for ${schedule}`],
  [/^Entra group (.+)$/, (name) => say`Entra group ${name}`],
  [/^Slack group (.+)$/, (name) => say`Slack group ${name}`],
  [/^Identity Center group (.+)$/, (name) => say`Identity Center group ${name}`],
  [/^group (.+)$/, (name) => say`group ${name}`],
];

/** `the manager, group security`, for whoever reads it; what is none of these words is a name. */
export function decidersWords(written: string): Phrase {
  const [seats = '', ...late] = written.split(', or ');
  const [first = '', ...more] = seats.split(' and ').map(among);
  const all = more.reduce((before, one) => say`${before} and ${one}`, first);
  return late.reduce((before, one) => say`${before}, or ${among(one)}`, all);
}

/** `2 of the manager, group security (later group board)`: what a stage demands. */
export function demandWords(written: string): Phrase {
  const [, count, who = '', later] = /^(?:(\d+) of )?(.+?)(?: \(later (.+)\))?$/.exec(written) ?? [];
  const seats = count === undefined ? decidersWords(who) : say`${count} of ${decidersWords(who)}`;
  return later === undefined ? seats : say`${seats} (later ${among(later)})`;
}

function among(written: string): Phrase {
  const [only = '', ...more] = written.split(', ').map(one);
  return more.length === 0 ? only : say`${commas([only, ...more])}`;
}

function one(written: string): Phrase {
  for (const [pattern, said] of KNOWN) {
    const found = pattern.exec(written);
    if (found) return said(found[1] ?? '');
  }
  return say`${written}`;
}
