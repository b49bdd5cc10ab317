import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Delegation } from '../../core/people/delegation.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';

/** Tells one of the two, in their own chat, that somebody no longer decides for somebody else. */
export async function tellOver(deps: Deps, { from, to }: Delegation, id: string): Promise<void> {
  const person = await deps.directory.byId(id, 'last');
  if (!person) return;
  const line: Line =
    id === to.id
      ? [say`You no longer decide for ${{ person: from.id, name: from.name }}.`]
      : [say`${{ person: to.id, name: to.name }} no longer decides for you: you are asked yourself.`];
  const report = { title: 'A delegation has ended', sections: [{ heading: '', rows: [{ line }] }] };
  await tellPlaces(deps, report, deps.directory.reach(person).slice(0, 1));
}
