import { type Instant, SECOND_MS } from '../language/instant.ts';
import { say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { DRILL_BOUND_MS, type Drill, drillLateness } from '../request/drill.ts';
import type { Report, Row } from './report.ts';

/** How whoever closes is called. */
const CLOSERS: Readonly<Record<string, Phrase>> = {
  queue: say`by another worker, which the due index woke`,
  patrol: say`by the patrol`,
  'command line': say`by the command line`,
};

/** What came of a drill, or how far it is. Instants after its end are told in seconds after it. */
export function drillReport(drill: Drill): Report {
  const { request, machineName, what, by, dueAt, openedAt, killedAt, closedAt, cloudAt, closer, why } = drill;
  const after = (at: Instant) => say`${seconds(at - dueAt)} s after its end`;
  const closing = closer === undefined ? '' : say`, ${CLOSERS[closer] ?? closer}`;
  const lateness = drillLateness(drill);
  const rows: readonly (Line | undefined)[] = [
    why === undefined ? undefined : [why],
    [say`Request ${request}: ${what} of ${machineName}, begun by ${{ person: by.id, name: by.name }}.`],
    openedAt === undefined ? [say`Not seen open in the cloud.`] : [say`Seen open in the cloud at ${{ at: openedAt }}.`],
    [say`Due to close at ${{ at: dueAt }}.`],
    killedAt === undefined ? undefined : [say`The process that closed it was killed (SIGKILL) ${after(killedAt)}.`],
    closedAt === undefined ? undefined : [say`Proven closed ${after(closedAt)}${closing}.`],
    cloudAt === undefined ? undefined : [say`Read again, and gone, when the cloud’s own clock was ${after(cloudAt)}.`],
    lateness === undefined
      ? undefined
      : [say`Lateness: ${seconds(lateness)} s; ${seconds(DRILL_BOUND_MS)} s is the most that is allowed.`],
  ];
  return {
    title: titleOf(drill),
    sections: [{ heading: '', rows: rows.flatMap((line): readonly Row[] => (line ? [{ line }] : [])) }],
  };
}

/** Saying when it begins. */
export function drillLines({ request, machineName, what, dueAt }: Drill): readonly Line[] {
  return [
    [say`Drill begun. Request \`${request}\`: ${what} of ${machineName} is opened until ${{ at: dueAt }}.`],
    [
      say`The process that closes it is killed as it does, and another has to. What came of it is told here and to the operators’ places; \`npx jit drill --last\` shows it again.`,
    ],
  ];
}

/** The same in one sentence, for the audit and the doctor. */
export function drillSentence(drill: Drill): Phrase {
  const lateness = drillLateness(drill);
  const late = lateness === undefined ? '' : say`, ${seconds(lateness)} s after its end`;
  if (drill.outcome === 'passed') return say`The drill on ${drill.machineName} passed: closed${late}.`;
  return drill.why ?? say`The drill on ${drill.machineName} is under way.`;
}

function titleOf({ machineName, outcome }: Drill): Phrase {
  if (outcome === undefined) return say`The drill on ${machineName} has no outcome yet`;
  return outcome === 'passed' ? say`The drill on ${machineName} passed` : say`The drill on ${machineName} failed`;
}

function seconds(ms: number): number {
  return Math.ceil(ms / SECOND_MS);
}
