import { JitError } from '../../core/errors/errors.ts';
import type { BrowserRoom } from '../../ports/browser-room.ts';
import type { SignedIn } from '../../ports/sign-in.ts';
import type { Steps } from '../../ports/steps.ts';
import { note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { BOARD_FRESH, BOARD_STEP, boardStep, freshBoardStep } from './board-step.ts';
import { linkStep } from './link-step.ts';
import { stepUpStep } from './step-up-step.ts';
import { backIn, begunIn, heldBy, mustBeIn, step, type Ticketed, ticketOf } from './tickets.ts';

/** What people do in a browser. GET shows, POST consumes: a link that is only looked at, as by a scanner, stays good. */
export function stepsOf(deps: Deps, room: BrowserRoom): Steps {
  return {
    async show(ticket) {
      const held = await heldBy(deps, room, ticket);
      if (held.ceremony.begun) throw new JitError('linkOver');
      return stepOf(held).page(deps, held);
    },
    async begin(ticket, browser) {
      const held = await heldBy(deps, room, ticket);
      if (held.ceremony.begun) throw new JitError('linkOver');
      const begun = begunIn(deps, held.key, browser);
      // Where the provider is away, the link stays good.
      const to = await room.signIn.address({ ...begun, ...stepOf(held).asks });
      await step(room, held, { ...held.ceremony, begun });
      return to;
    },
    async back(returned, browser) {
      const { begun, ...held } = await backIn(deps, room, returned.get('state') ?? '', browser);
      const by = await room.signIn.person(returned, { ...begun, ...stepOf(held).asks });
      await signedIn(deps, held, by);
      return ticketOf(room, held);
    },
    async done(ticket, browser) {
      const held = await heldBy(deps, room, ticket);
      mustBeIn(held.ceremony.begun, browser);
      return stepOf(held).done(deps, held);
    },
  };
}

/** That somebody signed in, as whom, and from which chat account the link was, is in the audit. */
async function signedIn(deps: Deps, held: Ticketed, by: SignedIn): Promise<void> {
  const { chat, account, about } = held.ceremony;
  // To the board, nobody comes from a chat.
  const who = {
    person: { id: about?.person ?? by.entra, name: by.name },
    ...{ chat, account: account === '' ? by.entra : account },
  };
  const facts = { event: 'sign in', by: who, as: 'requester', why: `to ${stepOf(held).what}` } as const;
  await note(deps, { ...facts, outcome: 'done' });
  await stepOf(held).signedIn(deps, held, by);
}

function stepOf({ key }: Ticketed) {
  if (key.startsWith(BOARD_STEP)) return boardStep;
  if (key.startsWith(BOARD_FRESH)) return freshBoardStep;
  if (key.startsWith('link ')) return linkStep;
  if (key.startsWith('step ')) return stepUpStep;
  throw new JitError('linkOver');
}
