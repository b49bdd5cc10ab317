import { type Instant, SECOND_MS } from '../language/instant.ts';
import type { Line } from '../language/text.ts';
import { DRILL_BOUND_MS, type Drill, drillLateness } from '../request/drill.ts';
import type { Report, Row } from './report.ts';

/** How whoever closes is called. */
const CLOSERS: Readonly<Record<string, string>> = {
  queue: 'by another worker, which the due index woke',
  patrol: 'by the patrol',
  'command line': 'by the command line',
};

/** What came of a drill, or how far it is. Instants after its end are told in seconds after it. */
export function drillReport(drill: Drill): Report {
  const { request, machineName, what, by, dueAt, openedAt, killedAt, closedAt, cloudAt, closer, why } = drill;
  const after = (at: Instant) => `${seconds(at - dueAt)} s after its end`;
  const closing = closer === undefined ? '' : `, ${CLOSERS[closer] ?? closer}`;
  const lateness = drillLateness(drill);
  const rows: readonly (Line | undefined)[] = [
    why === undefined ? undefined : [why],
    [`Request ${request}: ${what} of ${machineName}, begun by `, { person: by.id, name: by.name }, '.'],
    openedAt === undefined ? ['Not seen open in the cloud.'] : ['Seen open in the cloud at ', { at: openedAt }, '.'],
    ['Due to close at ', { at: dueAt }, '.'],
    killedAt === undefined ? undefined : [`The process that closed it was killed (SIGKILL) ${after(killedAt)}.`],
    closedAt === undefined ? undefined : [`Proven closed ${after(closedAt)}${closing}.`],
    cloudAt === undefined ? undefined : [`Read again, and gone, when the cloud’s own clock was ${after(cloudAt)}.`],
    lateness === undefined
      ? undefined
      : [`Lateness: ${seconds(lateness)} s; ${seconds(DRILL_BOUND_MS)} s is the most that is allowed.`],
  ];
  return {
    title: titleOf(drill),
    sections: [{ heading: '', rows: rows.flatMap((line): readonly Row[] => (line ? [{ line }] : [])) }],
  };
}

/** Said when it begins. */
export function drillLines({ request, machineName, what, dueAt }: Drill): readonly Line[] {
  return [
    [`Drill begun. Request \`${request}\`: ${what} of ${machineName} is opened until `, { at: dueAt }, '.'],
    [
      'The process that closes it is killed as it does, and another has to. What came of it is told here and to the operators’ places; `npx jit drill --last` shows it again.',
    ],
  ];
}

/** The same in one sentence, for the audit and the doctor. */
export function drillSentence(drill: Drill): string {
  const lateness = drillLateness(drill);
  const late = lateness === undefined ? '' : `, ${seconds(lateness)} s after its end`;
  if (drill.outcome === 'passed') return `The drill on ${drill.machineName} passed: closed${late}.`;
  return drill.why ?? `The drill on ${drill.machineName} is under way.`;
}

function titleOf({ machineName, outcome }: Drill): string {
  if (outcome === undefined) return `The drill on ${machineName} has no outcome yet`;
  return `The drill on ${machineName} ${outcome}`;
}

function seconds(ms: number): number {
  return Math.ceil(ms / SECOND_MS);
}
