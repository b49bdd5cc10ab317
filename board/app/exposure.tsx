import type { Exposed, ExposureOverTime, Spread } from '../../src/core/board/exposure.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Empty, Go, Wide, Wrong } from './bits.tsx';
import { addressOf } from './place.ts';
import { COUNTS, Plot, type Series, TICKS } from './plot.tsx';
import { Span } from './span.tsx';
import { bigText, dayText, shortText, timeText } from './words.ts';

const DAY_MS = 86_400_000;

/** How much was open, how late closings were, and how long decisions took. */
export function ExposureView({ place, version }: ViewProps) {
  const { query } = place;
  const { answer, trouble } = useAsk<ExposureOverTime & { readonly now: number }>(`exposure?${query}`, version);
  return (
    <>
      <div className="bar">
        <Span place={place} now={answer?.now} />
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
          ticks={COUNTS}
        />
        <Plot
          title="Opened"
          says={`Leases that were opened ${stepMs >= DAY_MS ? 'a day' : 'an hour'}`}
          times={times}
          stepMs={stepMs}
          kind="bars"
          series={[{ name: 'opened', values: steps.map(({ opened }) => opened), tone: '--open' }]}
          text={bigText}
          ticks={COUNTS}
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
                <th scope="col">Port-minutes</th>
                <th scope="col">Opened</th>
                <th scope="col">Late, median</th>
                <th scope="col">Decision, median</th>
              </tr>
            </thead>
            <tbody>
              {steps.map((step) => (
                <tr key={step.at}>
                  <td>{stepText(step.at)}</td>
                  <td data-label="Weighed" className="number">
                    {bigText(step.weighed)}
                  </td>
                  <td data-label="Minutes" className="number">
                    {bigText(step.minutes)}
                  </td>
                  <td data-label="Opened" className="number">
                    {step.opened}
                  </td>
                  <td data-label="Late" className="number">
                    {spreadText(step.late)}
                  </td>
                  <td data-label="Decision" className="number">
                    {spreadText(step.decision)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
    </>
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
  return spread ? `median; 95%: ${shortText(spread.p95)}, longest ${shortText(spread.most)}` : 'none in this time';
}
