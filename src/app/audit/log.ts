import type { Actor, AuditEntry } from '../../core/audit/entry.ts';
import { portText } from '../../core/rule/port.ts';
import { isGroup, namedSourceText } from '../../core/rule/source.ts';
import type { Deps } from '../deps.ts';

/** What a line in the log says of an act that was done. Acts without one are told by the audit alone. */
const DONE: Readonly<Record<string, string>> = {
  opened: 'opened',
  closed: 'closed',
  'closed again': 'closed again',
  protect: 'protected',
  unprotect: 'unprotected',
  'lock down': 'locked down',
  'put back': 'put back',
  reattach: 'put a security group back on its machine',
  detach: 'took a security group off what is not its machine',
  start: 'started',
  'close found': 'closed a rule that should not be there',
};

/** One line for people who read the log, with names: what was opened, closed, protected, refused, and by whom; and it is counted. */
export function logEntry({ log, meter }: Pick<Deps, 'log' | 'meter'>, entry: AuditEntry): void {
  meter?.acted(entry);
  const message = DONE[entry.event];
  const fields = fieldsOf(entry);
  if (entry.outcome === 'refused') log.info(fields, 'refused');
  else if (entry.outcome === 'done' && message) log.info(fields, message);
}

/** Who did what to what, in the words that people use. */
export function fieldsOf(entry: Omit<AuditEntry, 'outcome'>): Readonly<Record<string, unknown>> {
  const {
    act,
    event,
    by,
    as,
    requester,
    machine,
    machineName,
    cloud,
    ports,
    source,
    sourceName,
    until,
    request,
    code,
    why,
  } = entry;
  const fields = {
    act,
    event,
    ...actorFields(by),
    as,
    request,
    requester: requester?.name,
    machine: machineName ?? machine,
    cloud,
    ports: ports?.map(portText),
    source: sourceName === undefined ? source : sourceWords(source, sourceName),
    until: until === undefined ? undefined : new Date(until).toISOString(),
    code,
    why,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Who acts, by name and account. */
export function actorFields(by: Actor): Readonly<Record<string, unknown>> {
  if (typeof by === 'string') return { by };
  if (!('person' in by)) return { by: by.user, host: by.host };
  const { person, chat, account, through } = by;
  return { by: person.name, chat, account, ...(through === undefined ? {} : { through }) };
}

function sourceWords(source = '', sourceName: string): string {
  return isGroup(source) ? namedSourceText({ source, sourceName }) : `${sourceName} (${source})`;
}
