import { readFileSync } from 'node:fs';
import { CLOSINGS as AWS } from '../../adapters/aws/ec2/throttle.ts';
import { CLOSINGS as AZURE } from '../../adapters/azure/arm/quotas.ts';
import { CLOSINGS as GOOGLE } from '../../adapters/gcp/limits.ts';
import { budgetOf, type ClosingLimits } from '../../src/core/request/closing-budget.ts';
import { KEEP } from '../../src/redis/limits.ts';

const bench = readFileSync(new URL('../../docs/bench.md', import.meta.url), 'utf8');
const DAY_MS = 86_400_000;
const [LEASES, ACCOUNTS, OPEN_HOURS, PEAK] = [1_000_000, 1_000, 1, 5] as const;
/** Slack's documented rates: chat.update is of tier 3, in a workspace; chat.postMessage once a second in a channel. */
const SLACK_UPDATES_A_MINUTE = 50;
/** Teams: 1,800 sends and creates an hour in a conversation. */
const TEAMS_SENDS_AN_HOUR = 1_800;

/** The median of a row of docs/bench.md, by the heading that it stands under and how it begins. */
function median(heading: string, row: string): number {
  const part = bench.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  const line = part.split('\n').find((one) => one.startsWith(`| ${row}`));
  const [, , , value = ''] = line?.split('|') ?? [];
  const found = Number(value.replaceAll(',', ''));
  if (!line || !Number.isFinite(found)) throw new Error(`docs/bench.md has no row “${row}” under “${heading}”`);
  return found;
}

/** How often a life makes such a call. */
function calls(name: string): number {
  const found = new RegExp(`([\\d.]+) ${name}`).exec(bench)?.[1];
  if (!found) throw new Error(`docs/bench.md does not count ${name}`);
  return Number(found);
}

const rounded = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: value < 10 ? 2 : 3 });

function gigabytes(bytes: number): string {
  return `${rounded(bytes / 1e9)} GB`;
}

function closingsRow(name: string, limits: ClosingLimits, site: string): string {
  const { ends, sliceMs } = budgetOf(limits);
  const perSecond = ends / (sliceMs / 1_000);
  const perHour = (LEASES / ACCOUNTS / 24) * PEAK;
  const earlier = Math.max(0, Math.ceil(perHour / ends) - 1) * (sliceMs / 1_000);
  return `| ${name}, closings | ${rounded(perSecond)} leases a second, ${site} | ${rounded(perHour)} in the busiest hour; if all of them end on the full hour, the last is moved by ${rounded(earlier)} s |`;
}

/** What follows from docs/bench.md and from published limits for a million leases a day in a thousand accounts. */
export function extrapolation(): string {
  const MEMORY = 'Redis memory of an open lease';
  const life = median('CPU of a whole life', 'Drawbridge |');
  const burst = '10,000 leases that end in the same second';
  const used = median(MEMORY, '`used_memory`');
  const record = median(MEMORY, '… `request`');
  const cards = median(MEMORY, '… `cards`');
  const audit = median(MEMORY, '… `audit`');
  const redisMs = median(burst, 'Drawbridge: CPU of Redis') / 10_000;
  const perSecond = LEASES / 86_400;
  const cores = (life / 1_000) * perSecond;
  const open = (LEASES * OPEN_HOURS) / 24;
  const updates = calls('slack chat.update');
  const messages = calls('teams sendToConversation');
  const days = KEEP.endedMs / DAY_MS;
  const rows = [
    `| the program’s CPU | ${rounded(life)} ms a life | ${rounded(cores)} cores on average, ${rounded(cores * PEAK)} in the busiest hour: as many replicas of one core, and one to spare |`,
    `| Redis: CPU of closing | ${rounded(redisMs)} ms a lease | ${rounded(redisMs * perSecond * PEAK * 0.1)} % of a core in the busiest hour; opening and cards were not measured apart |`,
    `| Redis: what is open | ${rounded(used)} bytes a lease | ${rounded(open)} open at a time: ${gigabytes(open * used)} |`,
    `| Redis: what is over | ${rounded(record)} bytes a record for ${days} days, ${rounded(cards)} bytes of cards for ${KEEP.cardsMs / DAY_MS} | ${gigabytes(LEASES * (record * days + (cards * KEEP.cardsMs) / DAY_MS))}, on one node, since all keys are in one slot |`,
    `| Redis: the audit | ${rounded(audit)} bytes a lease | ${gigabytes(LEASES * audit)} a day, until \`audit.keep\` trims what every sink has |`,
    closingsRow('AWS', AWS.dedicated, 'in an account and region'),
    closingsRow('Azure', AZURE, 'in a subscription'),
    closingsRow('Google Cloud', GOOGLE, 'in a project'),
    `| Slack: \`chat.update\` | ${SLACK_UPDATES_A_MINUTE} a minute in a workspace | ${rounded(updates)} a life: ${rounded((SLACK_UPDATES_A_MINUTE / updates) * 60 * 24)} lives a day in one workspace with every card up to date; beyond that cards skip states |`,
    `| Teams: messages | ${rounded(TEAMS_SENDS_AN_HOUR)} an hour in a conversation | ${rounded(messages)} a life, in all its conversations: a channel that is told of every life takes ${rounded((TEAMS_SENDS_AN_HOUR / messages) * 24)} to ${rounded(TEAMS_SENDS_AN_HOUR * 24)} lives a day |`,
  ];
  return ['| what | each | a million a day |', '|---|---|---|', ...rows].join('\n');
}
