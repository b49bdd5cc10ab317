import { readFileSync, writeFileSync } from 'node:fs';
import { groupsInAws, groupsInEntra } from '../../simulators/demo/company.ts';
import { people } from '../../simulators/world.ts';
import { act, fillInSlack, timed } from './act.ts';
import { Browsers } from './browsers.ts';
import { calledTwice } from './called-twice.ts';
import { callsTo, type RecordedCalls } from './calls.ts';
import { forge } from './forge.ts';
import { peopleFromEntra, peopleInAws } from './people.ts';
import { Watch } from './watch.ts';
import { PUBLIC_URL, startWorld, type World } from './world.ts';

/** One action of a transcript and the lines that must follow from it. */
interface Step {
  readonly action: string;
  readonly expected: readonly string[];
}

interface Transcript {
  /** Everything before the first action: the title and why it matters. */
  readonly head: readonly string[];
  readonly steps: readonly Step[];
}

/** What a transcript wants and what really happened, who was called twice for one milestone, and what the program called. */
interface Played {
  readonly wanted: string;
  readonly seen: string;
  readonly twice: readonly string[];
  readonly calls: RecordedCalls;
}

/** How long nothing may happen before an action counts as done, when nobody knows what to wait for (recording). */
const QUIET_MS = 150;
/** What is expected is waited for as long as a machine that does other work may need. */
const ANSWER_MS = 60_000;

/** Pages behind a proxy, without a sign-in; Ada’s address stands nowhere. */
const PAGES = `\nweb: { url: "${PUBLIC_URL}" }\nhttp:\n  trustedProxies: [127.0.0.1]`;

/** A transcript out of its file. */
export function parse(text: string): Transcript {
  const head: string[] = [];
  const steps: { action: string; expected: string[] }[] = [];
  for (const line of text.split('\n')) {
    const last = steps.at(-1);
    if (line.startsWith('< ')) last?.expected.push(line.slice(2));
    else if (/^[a-z]+(?: [a-z]+)?>/.test(line)) steps.push({ action: line, expected: [] });
    else if (!last) head.push(line);
  }
  return { head, steps };
}

/**
 * Plays a transcript. Gives what really happened in the same form, to be compared with the file as a whole.
 * `twice`: who was called twice because of one milestone. With UPDATE_SCENARIOS=1 the file is written anew, to be read by a person before it is committed.
 */
export async function play(file: string, inTeams: readonly string[] = []): Promise<Played> {
  const wanted = readFileSync(file, 'utf8');
  const { head, steps } = parse(wanted);
  const recording = process.env.UPDATE_SCENARIOS === '1';
  // `# policy: anySource: true`: a line more in the one policy of the demo.
  const more = head.flatMap((line) => /^# policy: (.*)$/.exec(line)?.[1] ?? []);
  // `# config: digest: …`: a line more at the end.
  const house = head.flatMap((line) => /^# config: (.*)$/.exec(line)?.[1] ?? []);
  const inAws = head.flatMap((line) => /^# aws: (.*)$/.exec(line)?.[1] ?? []);
  const inAzure = head.flatMap((line) => /^# azure: (.*)$/.exec(line)?.[1] ?? []);
  // `# subscription: <id>`: one more in drawbridge.yaml.
  const also = head.flatMap((line) => /^# subscription: (.*)$/.exec(line)?.[1] ?? []);
  // `# backend: nsg` or `# backend: firewall`: other than Defender.
  const backend = head.flatMap((line) => /^# backend: (nsg|firewall)$/.exec(line)?.[1] ?? [])[0];
  const isUnlinked = head.includes('# people: entra, unlinked');
  const isInEntra = isUnlinked || head.includes('# people: entra');
  const isInCenter = head.includes('# people: identity center');
  const absence = head.includes('# absence: mailbox') ? 'mailbox' : 'none';
  // `# hears: decisions`: so much both channels hear.
  const [hears] = head.flatMap((line) => /^# hears: (\w+)$/.exec(line)?.[1] ?? []);
  const isPaged = head.includes('# pages');
  const world = await startWorld({
    ...(backend ? { azureBackend: backend as 'nsg' | 'firewall' } : {}),
    slackMode: head.some((line) => line.includes('Socket Mode')) ? 'socket' : 'http',
    signIn: isUnlinked,
    edit: (yaml, oidc) =>
      [isInEntra ? peopleFromEntra(yaml, absence, oidc) : isInCenter ? peopleInAws(yaml) : yaml, ...house]
        .join('\n')
        .replace('\nhttp:', isPaged ? PAGES : '\nhttp:')
        .replace(/\n +address: 203\.0\.113\.7/, isPaged ? '' : '$&')
        .replace(/\n( +)(?=slack: C|teams: .*thread)/g, hears === undefined ? '$&' : `\n$1hears: ${hears}\n$1`)
        .replace('\naws:', ['\naws:', ...inAws].join('\n  '))
        .replace('\nazure:', ['\nazure:', ...inAzure].join('\n  '))
        .replace('\nteams:', ['\nteams:', ...inTeams].join('\n  '))
        .replace('subscriptions:\n', ['subscriptions:\n', ...also.map((id) => `- id: ${id}\n`)].join('    '))
        .replace('longest: 4h', ['longest: 4h', ...more].join('\n    ')),
  });
  // `# speaks: ada de-DE`: the language of somebody's chats.
  for (const [, id, locale] of head.flatMap((line) => [...line.matchAll(/^# speaks: (\w+) (\S+)$/g)])) {
    const speaker = Object.values(people).find((one) => one.id === id);
    if (!speaker || !locale) throw new Error(`nobody is called ${id}`);
    world.services.slack.setUser(speaker.slackId, { locale });
    world.services.teams.setPerson(speaker.entraId, { locale });
  }
  if (isInEntra) groupsInEntra(world.services);
  if (isInCenter) groupsInAws(world.services);
  try {
    const lines = [...head];
    const watch = new Watch(world);
    const twice = calledTwice(world);
    const browsers = new Browsers(world);
    const names = new Names();
    for (const { action, expected } of steps) {
      const does = timed(world, names.back(action));
      const isPage = await browsers.act(does);
      if (!isPage) await carryOut(world, does);
      const more = browsers.news();
      const wantedLines = recording ? undefined : expected.length - more.length;
      const news = [...more, ...(await outputs(world, watch, { count: wantedLines, to: typedBy(does) }))];
      lines.push(action, ...news.map((line) => `< ${names.mask(line)}`), '');
    }
    const seen = `${lines.join('\n').trimEnd()}\n`;
    if (recording) writeFileSync(file, seen);
    const calls = callsTo(world.services);
    return { wanted: recording ? seen : tidy(wanted), seen: tidy(seen), twice: twice(), calls };
  } finally {
    await world.stop();
  }
}

function tidy(text: string): string {
  return `${text.replace(/\n{2,}/g, '\n\n').trimEnd()}\n`;
}

async function carryOut(world: World, action: string): Promise<void> {
  if (action.startsWith('forge>')) return forge(world, action.slice('forge>'.length).trim());
  const form = /^(\w+) form>\s*(.*)$/.exec(action);
  const person = Object.values(people).find(({ id }) => id === form?.[1]);
  if (form && person) return fillInSlack(world, person, form[2] ?? '');
  return act(world, action);
}

/** Whose words these are, as lines to them begin: none is left without an answer. Undefined for what is pressed. */
export function typedBy(action: string): string | undefined {
  const [, who, chat] = /^(\w+) (slack|teams)> (?!\[)/.exec(action) ?? [];
  return who === undefined ? undefined : `${chat} ${who}`;
}

/** All that follows from an action: as many lines as are expected, or until nothing more comes, an answer first. */
async function outputs(
  world: World,
  watch: Watch,
  { count, to }: { readonly count: number | undefined; readonly to: string | undefined },
): Promise<readonly string[]> {
  const lines: string[] = [];
  const settle = async () => {
    if (world.busy() === 0) await world.work();
    lines.push(...watch.news(), ...world.takeLog().map((line) => `log: ${line}`));
  };
  await settle();
  const done = () => world.busy() === 0 && count !== undefined && lines.length >= count;
  const until = performance.now() + ANSWER_MS;
  while (!done() && performance.now() < until) {
    const changed = await change(world, QUIET_MS);
    await settle();
    // Nothing moves any more. What is still expected may be slow to come on a busy machine.
    const isAnswered = to === undefined || lines.some((line) => line.startsWith(to));
    if (!changed && count === undefined && isAnswered && world.busy() === 0) break;
  }
  return lines.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** True after the next change, false when none comes for so long. */
function change(world: World, mostMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (changed: boolean) => {
      clearTimeout(late);
      stop();
      resolve(changed);
    };
    const late = setTimeout(() => finish(false), mostMs);
    const stop = world.onChange(() => finish(true));
  });
}

/** What happens in different services has no order among them. */
function rank(line: string): number {
  return ['slack', 'teams', 'azure', 'aws', 'log'].findIndex((source) => line.startsWith(source));
}

/** Request ids as `‹a›`, `‹b›` in the order of their appearance. */
class Names {
  readonly #names = new Map<string, string>();
  /** The last one that a page showed. */
  #code = '';

  mask(line: string): string {
    // Groups that we make, and rules, have another id each time.
    const tame = line
      .replace(/(drawbridge-[\w-]+ \(|from )sg-[0-9a-f]+/g, '$1‹group›')
      .replace(/sgr-[0-9a-f]+/g, '‹rule›');
    const secretless = tame
      .replace(/(?<=\/(?:step|address|board\/open)\/)[\w.-]+/g, '‹ticket›')
      // It is of everything that decides, the ports of the simulators too.
      .replace(/(?<=rules (?:approve|reject) |[Vv]ersion )[0-9a-f]{10,20}(?![0-9a-f])/g, '‹rules›')
      .replace(/(?<=\/jit link )\d{3}-\d{3}/g, (code) => {
        this.#code = code;
        return '‹code›';
      });
    return secretless.replace(
      /(?<=Request:? [`“]?|request [`“]?|[`“](?:(?:\/jit )?\w+ )?)([2-9a-hjkmnp-z]{7})(?=`|\b)/g,
      (id) => {
        if (!/\d/.test(id)) return id;
        if (!this.#names.has(id)) this.#names.set(id, `‹${String.fromCharCode(97 + this.#names.size)}›`);
        return this.#names.get(id) ?? id;
      },
    );
  }

  back(line: string): string {
    return line
      .replace('‹code›', this.#code)
      .replace(/‹[a-z]›/g, (name) => [...this.#names].find(([, known]) => known === name)?.[0] ?? name);
  }
}
