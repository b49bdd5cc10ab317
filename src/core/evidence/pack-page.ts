import { lookOf } from '../language/look.ts';
import { namesApart, nameText } from '../language/names-apart.ts';
import { tidy } from '../language/text.ts';
import { CONTROLS, type Pack } from './pack.ts';
import { isProven, UNPROVEN } from './population.ts';

const MOST_SHOWN = 200;
const LONGEST = 2_000;

/** The page of a pack, for a person: static, without a script. Everything in it is escaped, and names are without what nobody sees; the files have them as they are. */
export function packPage(pack: Pack, files: ReadonlyMap<string, string>): string {
  const { installation, from, to, leases, refusals, glass, changes, looks, reconciled, records } = pack;
  const exceptions = leases.filter(({ exceptions: all }) => all.length > 0);
  const opened = leases.filter(({ openedAt }) => openedAt !== undefined);
  const closed = opened.filter(({ closedAt }) => closedAt !== undefined);
  const proven = closed.filter(isProven);
  const overdue = opened.filter(({ closedAt, exceptions: all }) => closedAt === undefined && all.includes(UNPROVEN));
  const summary = [
    ['Accesses in the period (all of them)', leases.length],
    ['… that were opened', opened.length],
    ['… closed by the end of the period, and read back as closed', proven.length],
    ['… ended, and read back as something else (each is an exception)', closed.length - proven.length],
    ['… open when the period ended, within their time', opened.length - closed.length - overdue.length],
    ['… over, and not proven closed (each is an exception)', overdue.length],
    ['Accesses with an exception', exceptions.length],
    ['Requests and decisions that were refused or denied', refusals.length],
    ['Entries about break-glass and its reviews', glass.length],
    ['Changes of configuration and protection', changes.length],
    ['Looks at what is not one’s own', looks.length],
    ['What the clouds’ own logs showed otherwise, where and while they were read', reconciled.length],
    ['Audit records of the period', records],
  ] as const;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Evidence: ${escaped(installation)}</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>Evidence of access: ${escaped(installation)}</h1>`,
    `<p>From ${timeText(from)} to ${timeText(to)}, this instant not included; all times in UTC.</p>`,
    `<h2>Is it complete?</h2>`,
    ...completeness(pack),
    '<p>What this cannot show by itself: access that was given past Drawbridge. reconciliation.csv has what Drawbridge found of it in the clouds’ own logs while it compared these with its records. Compare population.csv with the logs of the clouds yourself: what is below is what Drawbridge says of itself.</p>',
    '<h2>Were the clouds’ own logs compared?</h2>',
    ...witnesses(pack),
    '<h2>In short</h2>',
    table('In short', ['what', 'how many'], summary),
    '<h2>Exceptions</h2>',
    ...exceptional(leases, opened.length - closed.length),
    '<h2>Controls</h2>',
    table('Controls', ['control', 'what it demands', 'where it is shown'], CONTROLS),
    '<h2>Files</h2>',
    table(
      'Files',
      ['file', 'lines'],
      [...files].map(([name, text]) => [name, text.split('\n').length - 1]),
    ),
    '<p>manifest.sha256 has the hash of each: <code>sha256sum -c manifest.sha256</code>. That finds what was damaged. Whoever can write here can change both: this pack is not signed, the records are. Make it again from these, with the keys that you were given: <code>jit evidence --audit &lt;folder&gt; --key &lt;key&gt;</code> makes the same files.</p>',
    '</main></body></html>',
    '',
  ].join('\n');
}

/** `running`: how many are open within their time. */
function exceptional(leases: Pack['leases'], running: number): readonly string[] {
  const exceptions = leases.filter(({ exceptions: all }) => all.length > 0);
  if (exceptions.length === 0) return [`<p>${withoutExceptions(leases.length, running)}</p>`];
  const listed = named(exceptions.slice(0, MOST_SHOWN)).map(({ story, requester, machine }) => [
    story.request,
    requester,
    machine,
    story.exceptions.join('; '),
  ]);
  const more = exceptions.length > MOST_SHOWN ? [`<p>exceptions.csv has all ${exceptions.length}.</p>`] : [];
  return [table('Exceptions', ['request', 'requester', 'machine', 'what'], listed), ...more];
}

/** With whose it is and which machine, told apart where several names look the same. Of whoever was erased there is the ID alone. */
function named(stories: Pack['leases']) {
  const shown = (id: string, name: string) => ({ id, name: nameText(lookOf(name) === '' ? id : name) });
  const all = stories.map((story) => ({
    story,
    requester: shown(story.requester, story.requesterName),
    machine: shown(story.machine, story.machineName),
  }));
  const [person, machine] = [namesApart(all.map((one) => one.requester)), namesApart(all.map((one) => one.machine))];
  return all.map((one) => ({ story: one.story, requester: person(one.requester), machine: machine(one.machine) }));
}

/** Of nothing, nothing is claimed. */
function withoutExceptions(accesses: number, open: number): string {
  if (accesses === 0) return 'None: these records have no access of the period.';
  const rest = open === 0 ? '' : ` What was still open when the period ended (${open}) was within its time then.`;
  return `None: each access was requested, then decided, then opened, and what was closed was closed in time, and read back as closed.${rest}`;
}

const STYLE = [
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1a1a1a;background:#fff}main{max-width:60rem;margin:auto}',
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}',
  '.good{border-left:.4rem solid #1a7f37;padding-left:.8rem}.bad{border-left:.4rem solid #b42318;padding-left:.8rem}',
  '.wide{overflow-x:auto}td{overflow-wrap:anywhere;min-width:6rem}code{overflow-wrap:anywhere}@media(max-width:40rem){body{margin:1rem}}',
  '@media (prefers-color-scheme:dark){body{color:#eee;background:#111}th,td{border-color:#444}}',
].join('');

/** It scrolls by itself on a narrow screen, and is reached with the keyboard then. */
function table(label: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (row: readonly (string | number)[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(String(cell))}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells(row, 'td')).join('');
  return `<div class="wide" role="region" aria-label="${label}" tabindex="0"><table><thead>${cells(head, 'th')}</thead><tbody>${body}</tbody></table></div>`;
}

/** Of each log: all of the period, or since when nobody can tell. */
function witnesses({ coverage, unwatched, leases }: Pack): readonly string[] {
  const gaps = coverage.flatMap(({ log, untold }) =>
    untold.map(({ from, to, why }) => [log, timeText(from), timeText(to), why] as const),
  );
  const never = unwatched.map((account) => [account, '', '', 'no log of it was compared in these records'] as const);
  const all = [...gaps, ...never];
  if (coverage.length === 0 && leases.length === 0) return ['<p>These records name no log, and no access.</p>'];
  if (all.length === 0)
    return [
      `<p class="good">Yes: ${coverage.length === 1 ? 'the log' : `each of ${coverage.length} logs`} was compared for all of the period. witness.csv names them.</p>`,
    ];
  return [
    '<p class="bad">Not all of the time: nobody can tell what was changed past Drawbridge where and when this says.</p>',
    table('Not compared', ['log', 'from', 'to', 'why'], all.slice(0, MOST_SHOWN)),
    ...(all.length > MOST_SHOWN ? [`<p>witness.csv has all ${all.length}.</p>`] : []),
  ];
}

/** Is all of the period there, and why not. */
function completeness(pack: Pack): readonly string[] {
  const { verdict, lacks, remarks, endsAt, isPinned } = pack;
  const { faults, unlisted, records, first, end, signed, receipts, keys } = verdict;
  const said = [
    ...(faults.length > 0
      ? [`${faults.length + unlisted.faults} faults were found. verification.txt lists them.`]
      : []),
    ...lacks,
  ];
  const chain = `the chain of ${records} records (${first} to ${end?.index ?? 0})`;
  const whole = `${chain} has no gap, nothing in it was changed, and signed heads cover it up to record ${signed}.`;
  const answer = said.length === 0 ? `${answerOf(pack)}: ${whole}` : `No: ${said.map(escaped).join(' ')}`;
  return [
    `<p class="${said.length === 0 && endsAt === undefined && isPinned ? 'good' : 'bad'}">${answer} ${receipts} signed receipts of closings are right.</p>`,
    ...[...keys].map(
      (key) => `<p>Signed by <code>${escaped(key)}</code>. Compare it with the key that you were given.</p>`,
    ),
    ...(remarks.length > 0 ? [`<ul>${remarks.map((one) => `<li>${escaped(sentence(one))}</li>`).join('')}</ul>`] : []),
  ];
}

/** Where nothing speaks against it. */
function answerOf({ remarks, endsAt, isPinned }: Pack): string {
  if (!isPinned)
    return 'Nobody can tell, as only keys from beside the files say so, which whoever wrote these could have put there. By them';
  if (endsAt !== undefined)
    return `Nobody can tell of all of the period, as these records end at ${timeText(endsAt)}. Up to then`;
  return remarks.length === 0 ? 'Yes' : 'Yes, but for what is said below';
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** A day, or an instant of it. */
function timeText(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T00:00:00.000Z', '')
    .replace(/(?::00)?\.000Z$/, 'Z');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return tidy(text, LONGEST).replace(/[&<>"']/g, (one) => entities[one] ?? one);
}
