import { type Code, JitError } from '../../core/errors/errors.ts';
import { FIELD_OF } from '../../core/errors/field-of.ts';
import { formSpans } from '../../core/errors/in-form.ts';
import { readAskedSource } from '../../core/language/asked-source.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { headed, say } from '../../core/language/say.ts';
import { givenReason, readPort } from '../../core/language/terms.ts';
import { type Phrase, tidy } from '../../core/language/text.ts';
import { uniquePorts } from '../../core/rule/port.ts';
import type { SourceNames } from '../../core/rule/source.ts';
import type { FilledForm, FormAnswer, FormField } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { told } from './told.ts';

/** Reads the form's fields, with the names that sources have; a fault carries its field. */
export function asked(filled: FilledForm, names: SourceNames) {
  const justification = givenReason(filled.justification);
  if (!justification) throw new JitError('missingReason');
  if (!filled.machine) throw new JitError('missingMachine');
  const forMs = parseDuration(filled.duration);
  if (forMs === undefined) throw new JitError('malformedDuration', { word: tidy(filled.duration, 40) });
  const source = filled.source.trim() === '' ? {} : { source: readAskedSource(filled.source, names) };
  return {
    machine: filled.machine,
    ports: uniquePorts(filled.ports.flatMap((port) => readPort(port))),
    forMs,
    justification,
    ...source,
    ...(filled.start?.trim() ? { start: filled.start } : {}),
  };
}

/** What is to be corrected in the lines of a machine's ports. */
export const PORT_FAULTS: ReadonlySet<Code> = new Set([
  'missingPorts',
  'malformedPort',
  'malformedSource',
  'unknownSource',
  'missingSource',
  'malformedDuration',
  'repeatedPort',
  'tooShort',
  'tooLong',
  'stillLeased',
]);

/** Each reason at its field; where one belongs to none, the form is refused as a whole. */
export function formFault(deps: Deps, error: unknown): FormAnswer {
  const { line } = told(deps, error);
  const reasons = error instanceof JitError ? [error, ...error.others] : [];
  const faults: Partial<Record<FormField, Phrase>> = {};
  for (const reason of reasons) {
    const field = FIELD_OF[reason.code];
    if (!field) return { lines: [line], refused: true };
    const before = faults[field];
    faults[field] = before === undefined ? say`${formSpans(reason)}` : say`${headed(before)} ${formSpans(reason)}`;
  }
  return { lines: [line], refused: true, ...(reasons.length > 0 ? { faults } : {}) };
}
