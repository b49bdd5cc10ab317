import { JitError } from '../../src/core/errors/errors.ts';

interface MailFault {
  readonly name: string;
  readonly code: string;
  /** What Node called it. */
  readonly originalCode: string;
  readonly responseCode: number;
  readonly command: string;
}

/** NB. Of an answer only its number goes on: the rest is the server's, and of what was sent nothing does. */
export function asMailError(host: string, error: unknown): JitError {
  const fault = (error ?? {}) as Partial<MailFault>;
  const { name = 'Error', code = '', responseCode, command = '' } = fault;

  const cause = new Error([name, code, responseCode, command.split(' ')[0]].filter(Boolean).join(' '));
  return new JitError('outgoingSilent', { host, why: whyOf(fault) }, { cause });
}

function whyOf({ name = '', code = '', originalCode = '', responseCode, command = '' }: Partial<MailFault>): string {
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') return 'does not answer in time';
  if (code === 'EAUTH' && responseCode === REFUSED) return `refuses the user name or the password (${REFUSED})`;
  if (code === 'ETLS' || /CERT|VERIFY|ERR_TLS|ERR_SSL/.test(originalCode)) return 'offers no TLS that can be trusted';
  if (responseCode) return `answers ${responseCode}${verbOf(command)}`;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH'
    ? 'cannot be reached'
    : 'breaks off, or does not answer as a mail server does';
}

/** Authentication credentials invalid (RFC 4954). */
const REFUSED = 535;

/** ` to MAIL`; nothing where it is not said what it answers. */
function verbOf(command: string): string {
  const verb = /^[A-Z]+/.exec(command)?.[0];
  return verb === undefined || verb === 'CONN' ? '' : ` to ${verb}`;
}

export function isSignInRefused(error: unknown): boolean {
  return error instanceof JitError && error.say.includes(`(${REFUSED})`);
}
