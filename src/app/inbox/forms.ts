import { type Code, JitError } from '../../core/errors/errors.ts';
import { formSpans } from '../../core/errors/in-form.ts';
import { readAskedSource } from '../../core/language/asked-source.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { headed, say } from '../../core/language/say.ts';
import { LONGEST_REASON, readPort } from '../../core/language/terms.ts';
import { type Phrase, tidy } from '../../core/language/text.ts';
import { uniquePorts } from '../../core/rule/port.ts';
import type { SourceNames } from '../../core/rule/source.ts';
import type { FilledForm, FormAnswer, FormField } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { told } from './told.ts';

/** Reads the form's fields, with the names that sources have; a fault carries its field. */
export function asked(filled: FilledForm, names: SourceNames) {
  const justification = tidy(filled.justification, LONGEST_REASON);
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

const FIELDS: Readonly<Partial<Record<Code, FormField>>> = {
  missingMachine: 'machine',
  unknownMachine: 'machine',
  machineNotRead: 'machine',
  machineNotServed: 'machine',
  ambiguousMachine: 'machine',
  machineGone: 'machine',
  noPolicy: 'machine',
  malformedPort: 'ports',
  policyPort: 'ports',
  notProtected: 'ports',
  malformedDuration: 'duration',
  tooShort: 'duration',
  policyDuration: 'duration',
  protectedDuration: 'duration',
  malformedSource: 'source',
  unknownSource: 'source',
  severalPrefixes: 'source',
  severalSources: 'source',
  missingSource: 'source',
  policySource: 'source',
  policyAnySource: 'source',
  policyOtherSource: 'source',
  policyNeverFrom: 'source',
  policyGroup: 'source',
  groupOfOtherCloud: 'source',
  groupElsewhere: 'source',
  protectedSource: 'source',
  noAddress: 'source',
  addressNotServed: 'source',
  policyBastion: 'source',
  noBastion: 'source',
  severalBastions: 'source',
  missingReason: 'justification',
  malformedStart: 'start',
  startPast: 'start',
  noSuchTime: 'start',
  policyAhead: 'start',
};

/** Each reason at its field; where one belongs to none, the form is refused as a whole. */
export function formFault(deps: Deps, error: unknown): FormAnswer {
  const { line } = told(deps, error);
  const reasons = error instanceof JitError ? [error, ...error.others] : [];
  const faults: Partial<Record<FormField, Phrase>> = {};
  for (const reason of reasons) {
    const field = FIELDS[reason.code];
    if (!field) return { lines: [line], refused: true };
    const before = faults[field];
    faults[field] = before === undefined ? say`${formSpans(reason)}` : say`${headed(before)} ${formSpans(reason)}`;
  }
  return { lines: [line], refused: true, ...(reasons.length > 0 ? { faults } : {}) };
}
