import { tidy } from '../language/text.ts';
import { bestFirst, type Trace, type Traced, type TracedWay, type TraceStep, tracedAs } from '../machine/trace.ts';
import { type Port, portText } from '../rule/port.ts';
import { sourceText } from '../rule/source.ts';
import type { Report, Row, Section } from './report.ts';

const SAID: Readonly<Record<Traced, string>> = { open: 'open', blocked: 'blocked', unknown: 'nobody can tell' };
const PASSING: Readonly<Record<TraceStep['passing'], string>> = {
  passes: 'Passes',
  stopped: 'Stopped',
  unknown: 'Nobody can tell',
};

const MOST_WAYS = 4;
const LONGEST = 300;

/** `/jit why`: whether a packet gets in now, through what, or what stops it; and the least that would have to change. */
export function traceReport(
  { machine, ways }: Trace,
  { port, source }: { readonly port: Port; readonly source: string },
): Report {
  const sorted = bestFirst(ways);
  const [best] = sorted;
  const verdict = best ? SAID[tracedAs(best)] : 'no way leads there';
  const none: Section = {
    heading: '',
    rows: [
      { line: [`${sourceText(source)} is in no network that is connected with it, and it has no public address.`] },
    ],
  };
  return {
    title: `${portText(port)} of ${machine.name} from ${sourceText(source)}: ${verdict}`,
    sections: [
      ...(best ? sorted.slice(0, MOST_WAYS).map(section) : [none]),
      ...(best && tracedAs(best) === 'blocked' ? [remedies(best)] : []),
    ],
  };
}

function section(way: TracedWay): Section {
  return {
    heading: `To ${way.to}: ${SAID[tracedAs(way)]}`,
    rows: way.steps.map(
      ({ at, passing, because }): Row => ({ line: [tidy(`${PASSING[passing]}: ${at}, ${because}.`, LONGEST)] }),
    ),
  };
}

/** What stops it for one reason is named together. */
function remedies({ steps }: TracedWay): Section {
  const stopping = steps.filter(({ passing }) => passing === 'stopped');
  const alike = Map.groupBy(stopping, ({ remedy }) => remedy ?? 'It has to let it through.');
  return {
    heading: 'What would let it through',
    rows: [...alike].map(([remedy, those]) => ({
      line: [tidy(`${those.map(({ at }) => at).join(', ')}: ${remedy}`, LONGEST)],
    })),
  };
}
