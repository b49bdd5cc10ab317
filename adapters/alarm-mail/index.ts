import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { faultAt } from '../../src/core/view/doctor-page.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { AlarmWay } from '../../src/ports/alarm-way.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { Log } from '../../src/ports/log.ts';
import type { FindAddresses } from '../../src/ports/outgoing.ts';
import { asMailError, isSignInRefused } from './errors.ts';
import { letterOf } from './letter.ts';
import { type MailServer, sessionWith, submitted } from './session.ts';

export interface MailSettings extends MailServer {
  readonly name: string;
  readonly from: string;
  readonly to: readonly string[];
}

interface Around {
  readonly addressesOf: FindAddresses;
  readonly installation: string;
  readonly log: Log;
  readonly now: () => number;
  /** From the name to the last answer. */
  readonly limitMs?: number;
}

const LIMIT_MS = 10_000;
/** Alarms are told again every few seconds until they are taken. Servers shut out who asks that often, and who signs in wrongly. */
const PAUSE_MS = { usual: 30_000, signIn: 60_000 };
const REMEDY = 'Look at `alarms.mails` in drawbridge.yaml, and at the mail server: alarms do not arrive.';

/**
 * Submits alarms to a mail server (RFC 6409), over TLS unless it is on this computer. A mail was taken once one of its addresses was;
 * what may have come before is sent again with the same Message-ID.
 */
export function alarmMail(settings: MailSettings, around: Around): AlarmWay & Examiner {
  const { name, host, to } = settings;
  const { addressesOf, installation, log, now, limitMs = LIMIT_MS } = around;
  let notBefore = Number.NEGATIVE_INFINITY;
  const asError = (error: unknown) => (error instanceof JitError ? error : asMailError(host, error));
  const limited = <T>(signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>) =>
    callWithin({ signal, limitMs, asError }, work);
  return {
    name,
    async tell(news, signal) {
      if (now() < notBefore) throw new JitError('outgoingSilent', { host, why: say`did not take a mail a moment ago` });
      const letter = letterOf(news, { ...settings, installation });
      try {
        const refused = await limited(signal, async (limit) =>
          submitted(await sessionWith(settings, addressesOf, limit), letter, to),
        );
        if (refused.length > 0) log.warn({ way: name, refused }, 'an address does not take the mail of an alarm');
      } catch (error) {
        if (!signal.aborted) notBefore = now() + (isSignInRefused(error) ? PAUSE_MS.signIn : PAUSE_MS.usual);
        throw error;
      }
    },
    async examine(_, signal) {
      const [of, what] = ['Alarms', `mail ${name}`];
      try {
        await limited(signal, async (limit) => {
          const { transport, end } = await sessionWith(settings, addressesOf, limit);
          await transport.verify().finally(end);
        });
        return [{ of, what, verdict: 'fine' }];
      } catch (error) {
        if (!(error instanceof JitError)) throw error;
        return [faultAt(of, what, error.say, REMEDY)];
      }
    },
  };
}
