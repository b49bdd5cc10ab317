import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { SignedIn } from '../../ports/sign-in.ts';
import type { StepPage } from '../../ports/steps.ts';
import type { Deps } from '../deps.ts';
import { step, type Ticketed, ticketOf } from './tickets.ts';

/** What the keys of sign-ins to the board begin with. */
export const BOARD_STEP = 'board-in ';
/** The same of sign-ins that have to be fresh. */
export const BOARD_FRESH = 'board-anew ';

/** Signing in to the board, as far as it is a sign-in: the session begins where the browser goes on. */
export const boardStep = {
  what: 'look at the board',
  asks: {},

  /** It begins on the board itself: there is no link to it. */
  async page(): Promise<StepPage> {
    throw new JitError('linkOver');
  },

  async signedIn(deps: Deps, held: Ticketed, by: SignedIn): Promise<void> {
    if (!deps.browser) throw new JitError('boardNoSignIn');
    const person = await deps.directory.person('teams', by.entra);
    if (!person || person.disabled) {
      const why = person ? say`the account is disabled` : say`Drawbridge does not know this account`;
      throw new JitError('signInRefused', { why });
    }
    await step(deps.browser, held, { ...held.ceremony, by });
  },

  async done(deps: Deps, held: Ticketed): Promise<StepPage> {
    const { by } = held.ceremony;
    if (!by || !deps.browser) throw new JitError('linkOver');
    const onTo = `/board/enter/${ticketOf(deps.browser, held)}`;
    return { title: say`You are signed in`, says: [], facts: [[say`Signed in as`, [by.name]]], onTo };
  },
};

/** The same with a fresh sign-in, where a policy demands one of whoever acts. */
export const freshBoardStep = { ...boardStep, what: 'act on the board', asks: { isFresh: true as const } };
