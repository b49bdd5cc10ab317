import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bigText, COUNT_STEPS, dayText, TICKS_MS, tickText, timeText } from './words.ts';

const DAY_MS = 86_400_000;

export interface Series {
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
  /** What stands beside its lines, and how far apart these may be. */
  readonly ticks: {
    readonly text: (value: number) => string;
    readonly steps: readonly number[];
    /** What the chart reaches to at least. */
    readonly least: number;
  };
}

const HEIGHT = 180;
/** Of a chart of times. */
export const TICKS = { text: tickText, steps: TICKS_MS, least: 1_000 };
/** Of a chart of counts: nothing is half opened. */
export const COUNTS = { text: bigText, steps: COUNT_STEPS, least: 1 };

export function Plot({ title, says, times, stepMs, kind, series, text, ticks }: PlotProps) {
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
          y: { range: (_, __, most) => [0, Math.max(most * 1.1, ticks.least)] },
        },
        axes: [
          {
            ...axis,
            ...{ size: 34, gap: 10 },
            values: (_, all) =>
              all.map((at) => (stepMs >= DAY_MS ? dayText(at * 1_000) : timeText(at * 1_000, at * 1_000))),
          },
          {
            ...{ ...axis, size: 60, values: (_, all) => all.map(ticks.text), incrs: [...ticks.steps] },
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
