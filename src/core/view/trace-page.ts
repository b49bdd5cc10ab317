import { commas, say } from '../language/say.ts';
import type { Line, Phrase, Saying } from '../language/text.ts';
import { bestFirst, type Trace, type Traced, type TracedWay, type TraceStep, tracedAs } from '../machine/trace.ts';
import { type Port, portText } from '../rule/port.ts';
import { sourceText } from '../rule/source.ts';
import type { Report, Row, Section } from './report.ts';

const SAID: Readonly<Record<Traced, Phrase>> = {
  open: say`open`,
  blocked: say`blocked`,
  unknown: say`nobody can tell`,
};
const NO_WAY = say`no way leads there`;
const PASSING: Readonly<Record<TraceStep['passing'], Phrase>> = {
  passes: say`Passes`,
  stopped: say`Stopped`,
  unknown: say`Nobody can tell`,
};

const MOST_WAYS = 4;
const LONGEST = 300;

/** One port of a machine with what was found on the ways to it. */
export interface TracedPort {
  readonly port: Port;
  readonly trace: Trace;
}

/** Whose packet it is, and what else is to be said of it. */
interface Asked {
  readonly source: string;
  /** Such as that the access which is asked about is over. */
  readonly notes?: readonly Line[];
}

/**
 * `/jit why`: whether a packet gets in now, through what, or what stops it; and the least that would have to change. The best
 * way is told step by step, the others in a line each: one answer on one screen. Ports of which the same is to be said share it.
 */
export function traceReport(traced: readonly [TracedPort, ...TracedPort[]], { source, notes = [] }: Asked): Report {
  const alike = [...Map.groupBy(traced, ({ trace }) => JSON.stringify(trace.ways)).values()];
  const answers = alike.flatMap((those) => {
    const ways = bestFirst(those[0]?.trace.ways ?? []);
    return [{ ports: those.map(({ port }) => portText(port)).join(', '), ways, verdict: verdictOf(ways[0]) }];
  });
  const isOne = answers.length === 1;
  const ports = answers.map(({ ports: some, verdict }) => (isOne ? some : say`${some} (${verdict})`));
  const verdict = isOne ? say`: ${answers[0]?.verdict ?? ''}` : '';
  const { machine } = traced[0].trace;
  return {
    title: say`${commas(ports)} of ${machine.name} from ${sourceText(source)}${verdict}`,
    sections: [
      ...(notes.length > 0 ? [{ heading: '', rows: notes.map((line) => ({ line })) }] : []),
      ...answers.flatMap(({ ports: some, ways }) => answer(isOne ? '' : `${some}: `, ways, source)),
    ],
  };
}

function verdictOf(best: TracedWay | undefined): Phrase {
  return best ? SAID[tracedAs(best)] : NO_WAY;
}

function answer(prefix: string, [best, ...others]: readonly TracedWay[], source: string): readonly Section[] {
  if (!best) return noWay(prefix, source);
  const rows = best.steps.map(({ at, passing, because }, i) =>
    row(say`${i + 1}. ${PASSING[passing]}: ${at}, ${because}.`),
  );
  return [
    { heading: say`${prefix}To ${best.to}: ${SAID[tracedAs(best)]}`, rows },
    ...(others.length > 0 ? [otherWays(prefix, others)] : []),
    ...(tracedAs(best) === 'blocked' ? [remedies(prefix, best)] : []),
  ];
}

function noWay(prefix: string, source: string): readonly Section[] {
  const from = sourceText(source);
  return [
    {
      heading: prefix === '' ? '' : say`${prefix}${NO_WAY}`,
      rows: [row(say`${from} is in no network that is connected with it, and it has no public address.`)],
    },
    {
      heading: say`${prefix}What would let it through`,
      rows: [
        row(
          say`A public address of the machine, a bastion, or a source in a connected network; Drawbridge makes none.`,
        ),
      ],
    },
  ];
}

/** Each with the first thing that decides against it. */
function otherWays(prefix: string, ways: readonly TracedWay[]): Section {
  const shown = ways.slice(0, MOST_WAYS - 1).map((way) => {
    const against = way.steps.find(({ passing }) => passing === (tracedAs(way) === 'blocked' ? 'stopped' : 'unknown'));
    const because = against ? say`; ${against.at}, ${against.because}` : '';
    return row(say`To ${way.to}: ${SAID[tracedAs(way)]}${because}.`);
  });
  const more = ways.length - shown.length;
  const hidden = more > 0 ? [row(say`… and ${more} more that let in no more than these.`)] : [];
  return { heading: say`${prefix}Other ways`, rows: [...shown, ...hidden] };
}

/** What stops it for one reason is named together. */
function remedies(prefix: string, { steps }: TracedWay): Section {
  const stopping = steps.filter(({ passing }) => passing === 'stopped');
  const unclear = steps.filter(({ passing }) => passing === 'unknown');
  const alike = Map.groupBy(stopping, ({ remedy }) => remedy ?? '');
  return {
    heading: say`${prefix}What would let it through`,
    rows: [
      ...[...alike].map(([remedy, those]) => {
        const at = [...new Set(those.map((one) => one.at))].join(', ');
        return row(remedy === '' ? say`${at}: It has to let it through.` : say`${at}: ${remedy}`);
      }),
      ...(unclear.length > 0
        ? [
            row(
              say`Then it may still be stopped: nobody can tell of ${[...new Set(unclear.map(({ at }) => at))].join(', ')}.`,
            ),
          ]
        : []),
    ],
  };
}

function row(text: Saying): Row {
  return { line: [{ ...text, most: LONGEST }] };
}
