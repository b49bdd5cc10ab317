import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Exposed, ExposureOverTime, Spread } from '../../src/core/board/exposure.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Empty, Go, Wide, Wrong } from './bits.tsx';
import { addressOf } from './place.ts';
import { Span } from './span.tsx';
import { bigText, dayText, shortText, TICKS_MS, tickText, timeText } from './words.ts';

const DAY_MS = 86_400_000;

/** How much was open, how late closings were, and how long decisions took. */
export function ExposureView({ place, version }: ViewProps) {
  const { query } = place;
  const { answer, trouble } = useAsk<ExposureOverTime>(`exposure?${query}`, version);
  return (
    <>
      <div className="bar">
        <Span place={place} />
      </div>
      <Wrong trouble={trouble} />
      {!answer && !trouble && <Empty>Reading …</Empty>}
      {answer && <Figures answer={answer} query={query} />}
    </>
  );
}

function Figures({ answer, query }: { answer: ExposureOverTime; query: URLSearchParams }) {
  const { steps, stepMs } = answer;
  const stepText = (at: number) => (stepMs >= DAY_MS ? dayText(at) : timeText(at, at - DAY_MS));
  const times = steps.map(({ at }) => at / 1_000);
  return (
    <>
      <dl className="tiles">
        <Figure label="Leases that were open" value={bigText(answer.leases)} note="within this time" />
        <Figure
          label="Open port-hours"
          value={bigText(answer.minutes / 60)}
          note={`${bigText(answer.weighed / 60)} weighed by width`}
        />
        <Figure label="Lateness of closings" value={spreadText(answer.late)} note={noteOf(answer.late)} />
        <Figure label="Time to decision" value={spreadText(answer.decision)} note={noteOf(answer.decision)} />
      </dl>
      <div className="charts">
        <Plot
          title="Exposure"
          says={`Open port-minutes ${stepMs >= DAY_MS ? 'a day' : 'an hour'}, weighed by how wide the source is`}
          times={times}
          stepMs={stepMs}
          kind="bars"
          series={[{ name: 'weighed', values: steps.map(({ weighed }) => weighed), tone: '--accent' }]}
          text={bigText}
        />
        <Plot
          title="Opened"
          says={`Leases that were opened ${stepMs >= DAY_MS ? 'a day' : 'an hour'}`}
          times={times}
          stepMs={stepMs}
          kind="bars"
          series={[{ name: 'opened', values: steps.map(({ opened }) => opened), tone: '--open' }]}
          text={bigText}
        />
        <Plot
          title="Lateness"
          says="From its end until it was read back as closed: median, and 95th percentile (dashed)"
          times={times}
          stepMs={stepMs}
          kind="lines"
          series={spreadSeries(steps.map(({ late }) => late))}
          text={shortText}
          ticks={TICKS}
        />
        <Plot
          title="Time to decision"
          says="From the request to the last approval or the denial: median, and 95th percentile (dashed)"
          times={times}
          stepMs={stepMs}
          kind="lines"
          series={spreadSeries(steps.map(({ decision }) => decision))}
          text={shortText}
          ticks={TICKS}
        />
      </div>
      <div className="charts">
        <Widest
          title="Machines, widest and longest"
          rows={answer.machines}
          to={(key) => addressOf('timeline', query, { machine: key })}
        />
        <Widest
          title="People, widest and longest"
          rows={answer.people}
          to={(key) => addressOf('history', query, { person: key })}
        />
      </div>
      <details className="panel">
        <summary>The same as a table</summary>
        <Wide label="Exposure over time">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Weighed</th>
                <th className="wide-only" scope="col">
                  Port-minutes
                </th>
                <th className="wide-only" scope="col">
                  Opened
                </th>
                <th scope="col">Late, median</th>
                <th scope="col">Decision, median</th>
              </tr>
            </thead>
            <tbody>
              {steps.map((step) => (
                <tr key={step.at}>
                  <td>{stepText(step.at)}</td>
                  <td className="number">{bigText(step.weighed)}</td>
                  <td className="number wide-only">{bigText(step.minutes)}</td>
                  <td className="number wide-only">{step.opened}</td>
                  <td className="number">{spreadText(step.late)}</td>
                  <td className="number">{spreadText(step.decision)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
    </>
  );
}

interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** Of the style. */
  readonly tone: string;
}

interface PlotProps {
  readonly title: string;
  readonly says: string;
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly kind: 'bars' | 'lines';
  readonly series: readonly Series[];
  readonly text: (value: number) => string;
  /** What stands beside its lines, and how far apart these may be; numbers as they are where it is absent. */
  readonly ticks?: { readonly text: (value: number) => string; readonly steps: readonly number[] };
}

const HEIGHT = 180;
/** Of a chart of times. */
const TICKS = { text: tickText, steps: TICKS_MS };

function Plot({ title, says, times, stepMs, kind, series, text, ticks }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const [said, setSaid] = useState('');
  useEffect(() => {
    const own = box.current;
    if (!own) return;
    const colours = getComputedStyle(own);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const axis = {
      ...{ stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } },
      font: '12px system-ui, sans-serif',
    };
    const bars = uPlot.paths.bars?.({ size: [0.72, 28], radius: 0.15 });
    const plot = new uPlot(
      {
        ...{ width: own.clientWidth, height: HEIGHT, legend: { show: false } },
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        scales: {
          x: { time: true, range: (_, from, to) => [from - stepMs / 2_000, to + stepMs / 2_000] },
          y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
        },
        axes: [
          {
            ...axis,
            size: 28,
            values: (_, all) =>
              all.map((at) => (stepMs >= DAY_MS ? dayText(at * 1_000) : timeText(at * 1_000, at * 1_000))),
          },
          {
            ...{ ...axis, size: 60, values: (_, all) => all.map(ticks?.text ?? text) },
            ...(ticks ? { incrs: [...ticks.steps] } : {}),
          },
        ],
        series: [
          {},
          ...series.map(({ name, tone }, i) => ({
            label: name,
            stroke: colour(tone),
            ...(kind === 'bars'
              ? { fill: colour(tone), width: 0, ...(bars ? { paths: bars } : {}) }
              : { width: 2, dash: i > 0 ? [5, 4] : [], spanGaps: true }),
            points: { show: kind === 'lines' && times.length < 40, size: 5 },
          })),
        ],
        hooks: {
          setCursor: [
            ({ cursor }) => {
              const at = cursor.idx;
              const when = at === undefined || at === null ? undefined : times[at];
              if (at === undefined || at === null || when === undefined) return setSaid('');
              const values = series.map(
                ({ name, values: own }) => `${name} ${own[at] === undefined ? '–' : text(own[at])}`,
              );
              const whenText = stepMs >= DAY_MS ? dayText(when * 1_000) : timeText(when * 1_000, 0);
              setSaid(`${whenText}: ${values.join(', ')}`);
            },
          ],
        },
      },
      [[...times], ...series.map(({ values }) => values.map((value) => value ?? null))],
      own,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: own.clientWidth, height: HEIGHT }));
    watch.observe(own);
    void scheme;
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [times, stepMs, kind, series, text, ticks, scheme]);
  return (
    <figure className="panel chart">
      <figcaption>
        <b>{title}</b>
        <span className="soft">{said === '' ? says : said}</span>
      </figcaption>
      <div ref={box} role="img" aria-label={`${title}: ${says}. The table below has the numbers.`} />
    </figure>
  );
}

function Widest({ title, rows, to }: { title: string; rows: readonly Exposed[]; to: (key: string) => string }) {
  const most = rows[0]?.weighed ?? 1;
  return (
    <section className="panel">
      <h2>{title}</h2>
      {rows.length === 0 && <Empty>Nothing was open.</Empty>}
      <ol className="widest">
        {rows.map((row) => (
          <li key={row.key}>
            <Go to={to(row.key)}>{row.name}</Go>
            <meter min={0} max={most} value={row.weighed} aria-label={`${row.name}: weighed port-minutes`} />
            <span className="number">{bigText(row.weighed)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Figure({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div className="tile tile-plain">
      <dt>{label}</dt>
      <dd>{value}</dd>
      <dd className="soft note">{note}</dd>
    </div>
  );
}

function spreadSeries(spreads: readonly (Spread | undefined)[]): readonly Series[] {
  return [
    { name: 'median', values: spreads.map((one) => one?.median), tone: '--accent' },
    { name: '95th percentile', values: spreads.map((one) => one?.p95), tone: '--warn' },
  ];
}

function spreadText(spread: Spread | undefined): string {
  return spread ? shortText(spread.median) : '–';
}

function noteOf(spread: Spread | undefined): string {
  return spread ? `median; 95 %: ${shortText(spread.p95)}, longest ${shortText(spread.most)}` : 'none in this time';
}

/** Light or dark, as the reader has it: what is drawn is drawn anew. */
function useScheme(): string {
  const [isDark, setDark] = useState(() => window.matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    const listen = () => setDark(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, []);
  return isDark ? 'dark' : 'light';
}
