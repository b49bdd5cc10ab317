import { JitError } from '../../core/errors/errors.ts';
import { givenReason } from '../../core/language/terms.ts';
import type { Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { answered, MOST_QUESTIONS, openQuestions, questioned } from '../../core/request/question.ts';
import type { Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { noRequest } from '../machine/no-request.ts';
import { mayDeny } from './decide.ts';
import { mustWait } from './must-wait.ts';

/** Somebody who may decide asks the requester. Nothing is decided by it, and nobody else's words get on the request. */
export async function askRequester(deps: Deps, person: Person, id: string, words = ''): Promise<Request> {
  const text = givenReason(words);
  if (text === '') throw new JitError('missingQuestion');
  const { request: before } = await deps.store.load(id);
  if (!before) throw await noRequest(deps, id);
  if (isTheirs(before, person.id)) throw new JitError('ownRequest');
  await mayDeny(deps, person, before);
  const by = { id: person.id, name: person.name };
  return commit(deps, id, (request, { at }) => {
    const waiting = mustWait(request);
    // Pressed twice: it stands there, and nobody is called for it again.
    if (openQuestions(waiting).some((one) => one.by.id === by.id && one.text === text)) return undefined;
    if ((waiting.questions ?? []).length >= MOST_QUESTIONS)
      throw new JitError('tooManyQuestions', { most: String(MOST_QUESTIONS) });
    return { next: questioned(waiting, by, text, at), event: 'question asked', by: by.id, text };
  });
}

/** The requester answers what was asked so far. */
export async function answerQuestions(deps: Deps, person: Person, id: string, words = ''): Promise<Request> {
  const text = givenReason(words);
  return commit(deps, id, (request, { at }) => {
    if (!isTheirs(request, person.id)) throw new JitError('notYours', { who: request.requester.name });
    const waiting = mustWait(request);
    if (openQuestions(waiting).length === 0) throw new JitError('nothingAsked');
    if (text === '') throw new JitError('missingAnswer');
    return { next: answered(waiting, text, at, person.id), event: 'question answered', by: person.id, text };
  });
}
