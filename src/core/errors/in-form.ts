import { say } from '../language/say.ts';
import type { Line, Saying } from '../language/text.ts';
import { type Code, type JitError, spansOf } from './errors.ts';

/** What to do about it in a form: its fields take no words of commands, and forms show no code marks. */
const HINTS: Readonly<Partial<Record<Code, Saying>>> = {
  missingMachine: say`Choose one.`,
  malformedDuration: say`Write for example 45m, 2h, or 1h30m.`,
  severalSources: say`Name the one you connect from, for example 203.0.113.7.`,
  missingSource: say`Enter your public IP address, for example 203.0.113.7.`,
  noBastion: say`Enter your own IP address, or the prefix of the Bastion subnet.`,
  severalBastions: say`Enter the subnet prefix of the one you use.`,
  missingDenyReason: say`Enter a reason and press Deny again.`,
  missingReason: say`Approvers will see it.`,
  missingOffer: say`Write for example 22 for 30m from 203.0.113.7.`,
  missingQuestion: say`For example: which ticket is this for?`,
  missingAnswer: say`For example: it is for INC-4711.`,
  malformedStart: say`Write for example 18:00, tomorrow 9:00, friday 9:00, or 2026-12-24 9:00, in your own time zone.`,
};

/** One reason alone, as it is said at the field of a form. */
export function formSpans(reason: JitError): Line {
  const hint = HINTS[reason.code];
  const [what = '', ...more] = spansOf(reason);
  return hint ? [what, ' ', hint] : [what, ...more];
}
