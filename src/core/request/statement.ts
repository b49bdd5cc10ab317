import type { Instant } from '../language/instant.ts';
import { tidy } from '../language/text.ts';
import { portText } from '../rule/port.ts';
import type { Activating } from './request.ts';

/** What somebody signs who breaks glass without a chat: all that is asked for, where, by whom, and until when it counts. */
export interface Statement {
  readonly installation: string;
  readonly person: string;
  readonly asked: Pick<Activating, 'machine' | 'machineName' | 'ports' | 'source' | 'forMs' | 'justification'>;
  readonly at: Instant;
  readonly until: Instant;
  readonly nonce: string;
}

/** The use that it is signed for: one of another installation is none here. */
export function namespaceOf(installation: string): string {
  return `drawbridge-break-glass@${installation}`;
}

/** A line for each part, and none of them can hold a line break: what is signed has one reading. */
export function statementText({ installation, person, asked, at, until, nonce }: Statement): string {
  const line = (name: string, value: string) => `${name}: ${tidy(value, 1_000)}`;
  return [
    'Drawbridge break-glass 1',
    line('installation', installation),
    line('person', person),
    line('machine', asked.machine),
    line('called', asked.machineName),
    line('ports', asked.ports.map(portText).join(', ')),
    line('source', asked.source),
    line('milliseconds', String(asked.forMs)),
    line('because', asked.justification),
    line('asked', new Date(at).toISOString()),
    line('until', new Date(until).toISOString()),
    line('nonce', nonce),
  ].join('\n');
}

/** Is this what was signed? */
export function isAsked({ asked }: Statement, request: Activating): boolean {
  const { machine, ports, source, forMs, justification } = request;
  return (
    machine === asked.machine &&
    ports.map(portText).join() === asked.ports.map(portText).join() &&
    source === asked.source &&
    forMs === asked.forMs &&
    justification === asked.justification
  );
}
