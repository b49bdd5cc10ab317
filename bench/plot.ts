import { type Goal, isReached, type Report } from './measurement.ts';
import { figure } from './report.ts';

const ROW = 22;
const LABEL = 470;
const WIDTH = 300;
const VALUE = 130;
const TOP = 40;
/** The ends of the logarithmic scale: a hundredth of what is allowed, and ten times as much. */
const DECADES = { from: -2, to: 1 };
const TICKS = [
  [0.01, '1%'],
  [0.1, '10%'],
  [1, 'goal'],
  [10, '10×'],
] as const;

/** All goals as one SVG: how much of what is allowed was used. What ends left of the line is reached. */
export function plot(reports: readonly Report[]): string {
  const bars = reports.flatMap(({ title, goals }) => goals.map((goal) => ({ title, goal })));
  const height = TOP + bars.length * ROW + 10;
  const line = xOf(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL + WIDTH + VALUE}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...TICKS.map(
      ([at, word]) => `<text x="${xOf(at)}" y="${TOP - 14}" text-anchor="middle" fill="#555">${word}</text>`,
    ),
    ...bars.map((bar, n) => drawn(bar.title, bar.goal, TOP + n * ROW)),
    `<line x1="${line}" x2="${line}" y1="${TOP - 8}" y2="${height - 6}" stroke="#222"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawn(title: string, goal: Goal, y: number): string {
  const isGood = isReached(goal);
  const end = xOf(shareOf(goal));
  const label = `${title}: ${goal.what}`;
  return [
    `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end" fill="#222"><title>${escaped(label)}</title>${escaped(shortened(label))}</text>`,
    `<rect x="${LABEL}" y="${y + 3}" width="${Math.max(1, end - LABEL)}" height="${ROW - 8}" fill="${isGood ? '#2a7f62' : '#b3402a'}"/>`,
    `<text x="${LABEL + WIDTH + 8}" y="${y + 14}" fill="#222">${escaped(`${figure(goal.value)}${goal.unit}`)}</text>`,
  ].join('');
}

/** How much of what is allowed: at most 1 is reached. What is wanted at least counts the other way round. */
function shareOf({ value, most, least }: Goal): number {
  return most === undefined ? (least ?? 0) / value : value / most;
}

function xOf(share: number): number {
  const at = Number.isNaN(share) ? DECADES.to : Math.log10(Math.max(0, share));
  const inside = Math.min(DECADES.to, Math.max(DECADES.from, at));
  return Math.round(LABEL + (WIDTH * (inside - DECADES.from)) / (DECADES.to - DECADES.from));
}

/** As much as there is room for. */
function shortened(label: string): string {
  return label.length <= 78 ? label : `${label.slice(0, 77)}…`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
