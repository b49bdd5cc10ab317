import type { Machine } from '../../core/machine/machine.ts';
import type { Port } from '../../core/rule/port.ts';
import type { ProtectedBy } from '../../ports/protection-records.ts';
import type { Deps } from '../deps.ts';
import { nameOf, type ProtectActor } from './actor.ts';

/** Keeps who protected these ports; undefined when nobody does any more. That it cannot be kept holds up nothing: the audit has it. */
export async function keepProtector(
  deps: Deps,
  { id }: Machine,
  ports: readonly Port[],
  who: ProtectActor | { readonly entry: string } | undefined,
): Promise<void> {
  try {
    const by = who && { ...namedAs(who), at: (await deps.store.now()).at };
    await deps.records.keepProtectedBy(id, ports, by);
  } catch (error) {
    deps.log.warn({ machine: id, error }, 'who protected a machine could not be kept');
  }
}

function namedAs(who: ProtectActor | { readonly entry: string }): Omit<ProtectedBy, 'at'> {
  if ('entry' in who) return { by: who.entry, through: 'configuration' };
  const by = nameOf(who);
  return 'person' in who ? { by, id: who.person.id, through: 'person' } : { by, through: 'commandLine' };
}
