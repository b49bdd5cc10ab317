import type { SimPerson } from '../state.ts';

/** Verbs to try in a chat. Each leads somewhere for this person: those who decide request nothing here, and the others protect nothing. */
export function examplesFor({ title }: SimPerson, chat: 'slack' | 'teams'): readonly string[] {
  const first = chat === 'teams' ? ['home'] : [];
  const last = chat === 'slack' ? ['help', 'whoami'] : ['help'];
  if (title === 'Not in drawbridge.yaml') return ['whoami', 'help'];
  return title === 'Engineer' ? [...first, 'request', 'list', ...last] : [...first, 'list', 'recommend', ...last];
}
