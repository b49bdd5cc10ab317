import type { Command } from '../../core/language/command.ts';
import type { Person } from '../../core/people/person.ts';
import type { Sender } from '../../ports/inbox.ts';
import { boardLink } from '../board/link.ts';
import type { Deps } from '../deps.ts';
import { beginLink, finishLink, linkLines, unlink } from '../people/link.ts';
import { whoIs } from './whoami.ts';

type Linking = Extract<Command, { readonly verb: 'link' | 'links' | 'unlink' | 'board' | 'whoami' }>;

/** Who somebody is, and links to pages that they open in a browser. */
export async function linking(deps: Deps, person: Person, command: Linking, sender: Sender) {
  if (command.verb === 'whoami') return whoIs(deps, person);
  if (command.verb === 'board') return boardLink(deps, person, sender);
  if (command.verb === 'links') return linkLines(deps, person);
  if (command.verb === 'unlink') return unlink(deps, person, command.which);
  return command.code ? finishLink(deps, sender, command.code) : beginLink(deps, sender);
}
