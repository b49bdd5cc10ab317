import { JitError } from '../../core/errors/errors.ts';
import { againstAddresses } from '../../core/machine/address.ts';
import type { Person } from '../../core/people/person.ts';
import { familyOf, type SourceNames, sourceText } from '../../core/rule/source.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Case } from './case.ts';

/** Why the requester may have nothing any more. */
export function absent({ requester: { name } }: Case, now: Person | undefined): readonly JitError[] {
  if (!now) return [new JitError('personGone', { name })];
  return now.disabled ? [new JitError('personDisabled', { name })] : [];
}

/** Another machine may have been made under the name, and so the id, of the one that was asked for. */
export function againstIdentity({ identity, machineName }: Case, now: MachineState): readonly JitError[] {
  const isSame = identity === undefined || now.identity === identity;
  return isSame ? [] : [new JitError('machineReplaced', { machine: machineName })];
}

/** What nobody could use is not asked of anybody. */
export function againstWay({ machineName, source }: Case, state: MachineState | undefined): readonly JitError[] {
  const error = state?.addresses && againstAddresses(machineName, source, state.addresses);
  return error ? [error] : [];
}

/** A request is for the prefix that the name stood for then: nobody asked for, or approved, what it may stand for now. */
export function againstName({ source, sourceName: name }: Case, names: SourceNames): readonly JitError[] {
  if (name === undefined) return [];
  const now = names.get(name) ?? [];
  const own = now.filter((prefix) => familyOf(prefix) === familyOf(source));
  if (own.length === 1 && own[0] === source) return [];
  const text = now.map((one) => sourceText(one)).join(', ') || 'nothing';
  return [new JitError('sourceChanged', { name, was: sourceText(source), now: text })];
}
