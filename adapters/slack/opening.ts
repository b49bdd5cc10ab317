import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Answer } from '../../src/ports/inbox.ts';
import { slackCode, slackError } from './errors.ts';
import { TITLES } from './form.ts';

/** Opens a form, or says why Slack does not. */
export async function opened({ views }: WebClient, trigger_id: string, view: ModalView) {
  return views.open({ trigger_id, view }).catch((error: unknown) => {
    throw TOO_LATE.has(slackCode(error) ?? '') ? new JitError('formTooLate', {}, { cause: error }) : slackError(error);
  });
}

/** A trigger lives for three seconds, and is good for one form (docs.slack.dev/reference/methods/views.open). */
const TOO_LATE = new Set(['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id', 'trigger_exchanged']);

export function titleOf(wanted: NonNullable<Answer['openForm']>): string {
  return TITLES['isBreakGlass' in wanted ? 'glass' : wanted.form];
}

/** What was typed, as a button. */
export function formButton(title: string, command: string): Report {
  const line = [say`Slack opens a form only for a button that was pressed.`];
  return { title, sections: [{ heading: '', rows: [{ line, button: { label: 'Open the form', command } }] }] };
}
