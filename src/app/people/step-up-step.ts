import { JitError } from '../../core/errors/errors.ts';
import { headed, lasting, say } from '../../core/language/say.ts';
import type { Ceremony } from '../../core/people/ceremony.ts';
import type { Person } from '../../core/people/person.ts';
import { extensionOf, type Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { movesList } from '../../core/view/moves.ts';
import { viewOf } from '../../core/view/projection.ts';
import { fromText, nameOf } from '../../core/view/words.ts';
import type { SignedIn } from '../../ports/sign-in.ts';
import type { StepPage } from '../../ports/steps.ts';
import { codeOf, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { decide } from '../request/decide.ts';
import { givenBy } from './step-up.ts';
import { step, type Ticketed } from './tickets.ts';

interface Approving {
  readonly person: Person;
  readonly about: NonNullable<Ceremony['about']>;
  readonly by: SignedIn;
}

/** Approving with a fresh sign-in: what the page shows is what its button approves, once the same person has signed in. */
export const stepUpStep = {
  what: 'approve a request',
  asks: { isFresh: true as const },

  async page(deps: Deps, { ceremony }: Ticketed): Promise<StepPage> {
    const request = await requestOf(deps, ceremony);
    const { requester, ports, forMs, justification, moveWithin = [] } = request;
    const extension = extensionOf(request);
    return {
      title: extension ? say`Approve more time?` : say`Approve this request?`,
      says: [
        say`You sign in next. By that, you approve exactly this. If you did not press Approve in chat, close this page.`,
      ],
      facts: [
        [say`Requester`, [requester.name]],
        [say`Machine`, [nameOf(request)]],
        [say`Ports`, [ports.map(portText).join(', ')]],
        [say`From`, [fromText(request)]],
        ...(moveWithin.length > 0 ? [[say`May move within`, [movesList(moveWithin)]] as const] : []),
        [extension ? say`More time` : say`For`, [say`${lasting(extension ? extension.forMs : forMs)}`]],
        [say`Reason`, [justification]],
      ],
      button: say`Sign in and approve`,
    };
  },

  async signedIn(deps: Deps, held: Ticketed, by: SignedIn): Promise<void> {
    const { about, chat, account, through } = held.ceremony;
    const person = about && (await deps.directory.byId(about.person));
    if (!about || !person) throw new JitError('linkOver');
    const acting = { person: { id: person.id, name: person.name }, chat, account, ...(through ? { through } : {}) };
    try {
      await approveAs({ ...deps, acting }, { person, about, by });
    } catch (error) {
      // As by a button: what somebody tried to approve and could not is in the audit.
      const facts = { by: acting, as: 'approver' as const, request: about.request, code: codeOf(error) };
      await note(deps, { event: 'approve', outcome: 'refused', ...facts });
      throw error;
    }
    await step(deps.browser ?? gone(), held, { ...held.ceremony, by });
  },

  async done(deps: Deps, { ceremony }: Ticketed): Promise<StepPage> {
    if (!ceremony.by) throw new JitError('linkOver');
    const request = await requestOf(deps, ceremony);
    const { title, status } = viewOf(request);
    return {
      title: say`You approved it`,
      says: [say`${headed(title)}: ${status}.`, say`You can close this page.`],
      facts: [],
    };
  },
};

function gone(): never {
  throw new JitError('linkOver');
}

async function requestOf(deps: Deps, { about }: Ceremony): Promise<Request> {
  const { request } = await deps.store.load(about?.request ?? '');
  return request ?? gone();
}

/** The same person has signed in, and may still decide. */
async function approveAs(deps: Deps, { person, about, by }: Approving): Promise<void> {
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  if (person.entra?.toLowerCase() !== by.entra)
    throw new JitError('otherAccount', { name: by.name, wanted: person.name });
  await decide(deps, person, { ...givenBy(about), stepUp: 'signIn' });
}
