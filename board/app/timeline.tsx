import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { readSpan } from '../../src/core/board/span.ts';
import type { Timeline, TimelineBar } from '../../src/core/board/timeline.ts';
import { useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { AsTable, hrefOf } from './as-table.tsx';
import { Empty, Go, Pages, Wrong } from './bits.tsx';
import { addressOf, go, skipIn } from './place.ts';
import { Span } from './span.tsx';
import { apart, countText, dayText, shortText, timeText } from './words.ts';

const PAGE = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_MS = HOUR_MS;
const LONGEST_MS = 366 * DAY_MS;
const ROW = 34;
const BAR = 16;
const SHORTEST_BAR = 2;
const SHORTEST_OPEN = 6;
const MOST_TICKS = 60;
const STEPS_MS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 720].map((hours) => hours * HOUR_MS);

/** Leases by machine: drag or the arrow keys scroll, Ctrl and the wheel or + and - zoom. */
export function TimelineView({ place, version }: ViewProps) {
  const { query } = place;
  const [isTable, setTable] = useState(false);
  const skip = skipIn(query);
  const asked = new URLSearchParams(query);
  asked.set('most', String(PAGE));
  const { answer, trouble, isAsking } = useAsk<Timeline>(`timeline?${asked}`, version);
  // Until an end is in the address the time ends now, by the server's clock.
  const span = answer && !query.has('to') ? answer : readSpan(query, answer?.now ?? Date.now());
  const move = (from: number, to: number) => {
    const length = Math.min(Math.max(to - from, SHORTEST_MS), LONGEST_MS);
    const middle = (from + to) / 2;
    const [begin, end] = [Math.round(middle - length / 2), Math.round(middle + length / 2)];
    go(addressOf('timeline', query, { from: String(begin), to: String(end), skip: '' }), true);
  };
  const zoom = (by: number) =>
    move(middleOf(span) - ((span.to - span.from) * by) / 2, middleOf(span) + ((span.to - span.from) * by) / 2);
  const pan = (part: number) => move(span.from + (span.to - span.from) * part, span.to + (span.to - span.from) * part);
  return (
    <>
      <div className="bar">
        <Span place={place} now={answer?.now} />
        <fieldset className="segments" aria-label="Scroll and zoom">
          <button type="button" aria-label="Earlier" onClick={() => pan(-0.5)}>
            ←
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => zoom(2)}>
            −
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => zoom(0.5)}>
            +
          </button>
          <button type="button" aria-label="Later" onClick={() => pan(0.5)}>
            →
          </button>
        </fieldset>
        <button type="button" className="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          As a table
        </button>
        <span className="soft">{`${timeText(span.from, 0)} – ${timeText(span.to, 0)}`}</span>
      </div>
      <Wrong trouble={trouble} />
      {!answer && !trouble && <Empty>Reading …</Empty>}
      {answer && answer.lines.length === 0 && <Empty>Nothing was open in this time.</Empty>}
      {answer &&
        answer.lines.length > 0 &&
        (isTable ? (
          <AsTable lines={answer.lines} now={answer.now} />
        ) : (
          <Chart timeline={answer} span={span} isAsking={isAsking} onMove={move} onZoom={zoom} onPan={pan} />
        ))}
      {answer && (
        <Pages
          skip={skip}
          most={PAGE}
          all={answer.machines}
          onSkip={(to) => go(addressOf('timeline', query, { skip: to === 0 ? '' : String(to) }))}
        />
      )}
    </>
  );
}

interface ChartProps {
  readonly timeline: Timeline;
  readonly span: { readonly from: number; readonly to: number };
  readonly isAsking: boolean;
  readonly onMove: (from: number, to: number) => void;
  readonly onZoom: (by: number) => void;
  readonly onPan: (part: number) => void;
}

function Chart({ timeline, span, isAsking, onMove, onZoom, onPan }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [hover, setHover] = useState<{
    readonly bar: TimelineBar;
    readonly name: string;
    readonly x: number;
    readonly y: number;
  }>();
  const drag = useRef<{ readonly x: number; readonly from: number; readonly to: number } | undefined>(undefined);
  useEffect(() => {
    const own = box.current;
    if (!own) return;
    const watch = new ResizeObserver(() => setWidth(own.clientWidth));
    watch.observe(own);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const own = box.current;
    if (!own) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      onZoom(event.deltaY > 0 ? 1.25 : 0.8);
    };
    own.addEventListener('wheel', onWheel, { passive: false });
    return () => own.removeEventListener('wheel', onWheel);
  }, [onZoom]);
  const x = (at: number) => ((at - span.from) / (span.to - span.from)) * width;
  const height = timeline.lines.length * ROW;
  const onKey = (event: KeyboardEvent) => {
    const does: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => onPan(-0.2),
      ArrowRight: () => onPan(0.2),
      '+': () => onZoom(0.5),
      '=': () => onZoom(0.5),
      '-': () => onZoom(2),
    };
    const own = does[event.key];
    if (!own) return;
    event.preventDefault();
    own();
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    const by = ((event.clientX - from.x) / width) * (from.to - from.from);
    onMove(from.from - by, from.to - by);
  };
  return (
    <div className={isAsking ? 'timeline asking' : 'timeline'}>
      <ol className="timeline-names">
        {timeline.lines.map((line) => (
          <li key={line.machine} title={line.location}>
            <Go to={addressOf('timeline', new URLSearchParams({ machine: line.machine }))}>{line.name}</Go>
            <span className="soft">{countText(line.leases)}</span>
          </li>
        ))}
      </ol>
      <div
        ref={box}
        className="timeline-chart"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
        tabIndex={0}
        aria-label="Timeline: arrow keys scroll, plus and minus zoom. “As a table” shows the same in words."
        onKeyDown={onKey}
        onPointerDown={(event) => {
          if (event.target instanceof Element && event.target.closest('a')) return;
          drag.current = { x: event.clientX, from: span.from, to: span.to };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onPointerLeave={() => setHover(undefined)}
      >
        <svg width={width} height={height + 28} aria-hidden="true">
          {ticksOf(span, width).map(({ at, isDay }) => (
            <g key={at} transform={`translate(${x(at)},0)`}>
              <line y2={height} className={isDay ? 'tick tick-day' : 'tick'} />
              <text y={height + 18} textAnchor="middle">
                {isDay ? dayText(at) : timeText(at, at)}
              </text>
            </g>
          ))}
          {timeline.lines.map((line, i) => (
            <g key={line.machine} transform={`translate(0,${i * ROW})`}>
              <line x2={width} y1={ROW} y2={ROW} className="rule" />
              {line.bars.map((bar) => (
                <a
                  key={`${bar.id} ${bar.from}`}
                  href={hrefOf(bar, line)}
                  tabIndex={-1}
                  onClick={(event) => {
                    event.preventDefault();
                    go(hrefOf(bar, line));
                  }}
                  onPointerEnter={() =>
                    setHover({ bar, name: line.name, x: (x(bar.from) + x(bar.to)) / 2, y: i * ROW })
                  }
                >
                  <rect
                    {...placeOf(bar, x)}
                    y={(ROW - BAR) / 2}
                    height={BAR}
                    rx={3}
                    className={`bar-rect ${toneOf(bar)}`}
                  />
                </a>
              ))}
            </g>
          ))}
          {timeline.now >= span.from && timeline.now <= span.to && (
            <line className="now-line" x1={x(timeline.now)} x2={x(timeline.now)} y2={height} />
          )}
        </svg>
        {hover && <Tip hover={hover} width={width} />}
      </div>
      <ul className="legend">
        <li>
          <i className="swatch ended" /> closed
        </li>
        <li>
          <i className="swatch open" /> open now
        </li>
        <li>
          <i className="swatch glass" /> break-glass
        </li>
        <li>
          <i className="swatch late" /> closed more than a minute late
        </li>
        <li>
          <i className="swatch unproven" /> closing not proven
        </li>
      </ul>
    </div>
  );
}

function Tip({
  hover,
  width,
}: {
  hover: { readonly bar: TimelineBar; readonly name: string; readonly x: number; readonly y: number };
  width: number;
}) {
  const { bar, name, x, y } = hover;
  return (
    <div className="tip" style={{ left: Math.min(Math.max(x, 130), Math.max(130, width - 130)), top: y + ROW }}>
      <b>
        {bar.count > 1 ? `${countText(bar.count)} leases on ${apart(name)}` : `${apart(bar.who)} on ${apart(name)}`}
      </b>
      <span>{`${timeText(bar.from, bar.from - DAY_MS)} – ${bar.isOpen ? 'now' : timeText(bar.to, bar.from - DAY_MS)}`}</span>
      <span>{`${shortText(bar.to - bar.from)}${bar.isGlass ? ', break-glass' : ''}${bar.isLate ? ', closed late' : ''}${bar.isUnproven ? ', closing not proven' : ''}`}</span>
    </div>
  );
}

/** What is open is seen beside the line of now, however long the time is that is shown. */
function placeOf({ from, to, isOpen }: TimelineBar, x: (at: number) => number) {
  const width = Math.max(isOpen ? SHORTEST_OPEN : SHORTEST_BAR, x(to) - x(from));
  return isOpen ? { x: x(to) - width - 1, width } : { x: x(from), width };
}

function toneOf({ isOpen, isGlass, isLate, isUnproven }: TimelineBar): string {
  return isGlass ? 'glass' : isUnproven ? 'unproven' : isLate ? 'late' : isOpen ? 'open' : 'ended';
}

function middleOf({ from, to }: { readonly from: number; readonly to: number }): number {
  return (from + to) / 2;
}

/** So many that their texts have room, at whole hours or days on the reader’s clock. */
function ticksOf({ from, to }: { readonly from: number; readonly to: number }, width: number) {
  const most = Math.max(2, Math.floor(width / 80));
  const step = STEPS_MS.find((one) => (to - from) / one <= most) ?? 60 * DAY_MS;
  const zone = new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - zone) / step) * step + zone;
  // So many at most, whatever was asked for.
  const many = Math.min(Math.max(0, Math.ceil((to - first) / step)), MOST_TICKS);
  return Array.from({ length: many }, (_, i) => first + i * step).map((at) => ({
    ...{ at, isDay: step >= DAY_MS || new Date(at).getHours() === 0 },
  }));
}
