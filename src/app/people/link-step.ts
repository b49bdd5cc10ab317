import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { SignedIn } from '../../ports/sign-in.ts';
import type { StepPage } from '../../ports/steps.ts';
import type { Deps } from '../deps.ts';
import { linkingRoom, mustBeFree } from './link.ts';
import { step, type Ticketed } from './tickets.ts';

/** Linking a Slack account, as far as it is done in a browser. The rest is done in Slack, by the account that began it. */
export const linkStep = {
  what: 'link a Slack account',
  asks: {},

  async page(deps: Deps, { ceremony: { account } }: Ticketed): Promise<StepPage> {
    const found = await linkingRoom(deps).linking.account(account);
    if (!found || found.disabled || found.guest) throw new JitError('linkOver');
    return {
      title: say`Link your Slack account`,
      says: [
        say`Is this your own Slack account? If somebody else sent you this link, close this page: they would act as you.`,
        say`You sign in next. The page then shows a code to type in Slack.`,
      ],
      facts: [
        [say`Slack account`, [found.name]],
        [say`Slack user ID`, [account]],
      ],
      button: say`This is me: sign in`,
    };
  },

  async signedIn(deps: Deps, held: Ticketed, by: SignedIn): Promise<void> {
    await mustBeFree(deps, by, held.ceremony.account);
    await step(linkingRoom(deps), held, { ...held.ceremony, by, code: codeOf(deps) });
  },

  async done(deps: Deps, { ceremony: { account, by, code } }: Ticketed): Promise<StepPage> {
    if (!by || code === undefined) throw new JitError('linkOver');
    const found = await linkingRoom(deps).linking.account(account);
    return {
      title: say`Type this code in Slack`,
      says: [
        say`Type it as ${found?.name ?? account}, within ten minutes of the link. Give it to nobody: whoever asks you for it wants to act as you.`,
      ],
      facts: [[say`Signed in as`, [by.name]]],
      code: `/jit link ${code.slice(0, 3)}-${code.slice(3)}`,
    };
  },
};

/** Six digits, each as likely as every other: what is left of 32 bits is not a thousandth of a percent. */
function codeOf({ random }: Deps): string {
  const number = Buffer.from(random(4)).readUInt32BE() % 1_000_000;
  return String(number).padStart(6, '0');
}
