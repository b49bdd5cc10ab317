import { BOT as SLACK_BOT } from '../../simulators/slack/identity.ts';
import { channels, people } from '../../simulators/world.ts';
import { dayAt, instantAt } from '../../src/core/language/day.ts';
import { STARTED_AT, type World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** What can be seen at one moment: a key for each thing, and the words for it. New or changed words are an output. */
type Picture = ReadonlyMap<string, string>;

/** Says what became visible since the last time: messages, cards, rules, and log lines. In a fixed order, instants relative. */
export class Watch {
  readonly #world: World;
  #last: Picture = new Map();

  constructor(world: World) {
    this.#world = world;
    this.#last = this.#look();
  }

  /** New lines, each `source: words`. */
  news(): readonly string[] {
    const now = this.#look();
    const lines: string[] = [];
    for (const [key, words] of now) if (this.#last.get(key) !== words) lines.push(words);
    for (const [key, words] of this.#last) if (!now.has(key) && isRule(key)) lines.push(words.replace(': + ', ': - '));
    this.#last = now;
    return lines;
  }

  #look(): Picture {
    const picture = new Map<string, string>();
    this.#slack(picture);
    this.#teams(picture);
    this.#azure(picture);
    this.#aws(picture);
    return new Map([...picture].map(([key, words]) => [key, this.#relative(words)]));
  }

  #slack(picture: Map<string, string>): void {
    const state = this.#world.services.slack.state();
    for (const channel of state.channels) {
      const where = channel.kind === 'im' ? `slack ${nameOf('slackId', channel.user)}` : `slack #${channel.name}`;
      for (const message of channel.messages) {
        if (message.user !== SLACK_BOT.userId && message.replies.length === 0) continue;
        const from = message.visibleTo ? `slack ${nameOf('slackId', message.visibleTo)} (only)` : where;
        picture.set(`slack-${channel.id}-${message.ts}`, `${from}: ${slackWords(message)}`);
        for (const reply of message.replies)
          picture.set(`slack-${channel.id}-${reply.ts}`, `${where} ↳: ${slackWords(reply)}`);
      }
    }
    for (const [user, views] of Object.entries(state.views)) {
      for (const view of views)
        picture.set(`slack-view-${view.id}`, `slack ${nameOf('slackId', user)} (form): ${formWords(view)}`);
    }
    for (const [user, home] of Object.entries(state.homes))
      picture.set(`slack-home-${user}`, `slack ${nameOf('slackId', user)} (home): ${homeWords(home.blocks)}`);
    for (const [user, errors] of Object.entries(state.viewErrors)) {
      for (const [block, error] of Object.entries(errors))
        picture.set(`slack-error-${user}-${block}`, `slack ${nameOf('slackId', user)} (form error): ${error}`);
    }
    for (const [user, notices] of Object.entries(state.notices)) {
      for (const [i, notice] of notices.entries())
        picture.set(`slack-notice-${user}-${i}`, `slack ${nameOf('slackId', user)} (Slack says): ${notice.text}`);
    }
  }

  #teams(picture: Map<string, string>): void {
    const state = this.#world.services.teams.state();
    const bot = (where: string, activities: (typeof state.personal)[number]['activities'], first = where) => {
      for (const [i, activity] of activities.entries()) {
        if (!activity.from.isBot) continue;
        picture.set(`teams-${activity.id}`, `${i === 0 ? first : where}: ${teamsWords(activity)}`);
        for (const [user, card] of Object.entries(activity.cardsFor))
          picture.set(
            `teams-${activity.id}-${user}`,
            `teams ${nameOf('entraId', user)} (card): ${teamsWords({ text: '', cards: [card] })}`,
          );
      }
    };
    for (const chat of state.personal) bot(`teams ${nameOf('entraId', chat.entraId)}`, chat.activities);
    for (const thread of state.channel.threads)
      bot(`teams #${channels.teams.name} ↳`, thread.activities, `teams #${channels.teams.name}`);
    for (const [user, { title, card }] of Object.entries(state.dialogs))
      picture.set(
        `teams-dialog-${user}`,
        `teams ${nameOf('entraId', user)} (dialog): ${title}: ${teamsWords({ text: '', cards: [card] })}`,
      );
    for (const [user, notices] of Object.entries(state.notices)) {
      for (const [i, notice] of notices.entries())
        picture.set(
          `teams-notice-${user}-${i}`,
          `teams ${nameOf('entraId', user)} (only): ${notice.text.replace(/\s*\n\s*/g, ' / ')}`,
        );
    }
  }

  #azure(picture: Map<string, string>): void {
    for (const nsg of this.#world.services.azure.state().nsgs) {
      for (const rule of nsg.rules) {
        if (rule.direction !== 'Inbound' || rule.priority >= 65_000) continue;
        const words = `${rule.access} ${rule.ports.join(',')} from ${rule.sources.join(',')} (${rule.writer})`;
        picture.set(`azure-rule-${nsg.id}-${rule.name}`, `azure ${nsg.name}: + ${words}`);
      }
    }
    for (const { name, collections } of this.#world.services.azure.state().firewalls) {
      for (const { name: within, action, rules } of collections) {
        for (const rule of rules) {
          const to = rule.to ? ` to ${rule.to.address}:${rule.to.port}` : '';
          const words = `${action} ${rule.destinations.join(',')}:${rule.ports.join(',')} from ${rule.sources.join(',')}${to}`;
          picture.set(`azure-rule-${name}-${within}-${rule.name}`, `azure ${name}/${within}: + ${words}`);
        }
      }
    }
  }

  #aws(picture: Map<string, string>): void {
    const { systemsManager } = this.#world.services.aws;
    for (const { id, name } of this.#world.services.aws.state().instances)
      for (const [i, { from, port }] of systemsManager.connections(id).entries())
        picture.set(`aws-rule-connection-${id}-${i}`, `aws ${name}: + connection ${i + 1} to ${port} from ${from}`);
    for (const group of this.#world.services.aws.state().groups) {
      for (const rule of group.rules) {
        if (rule.direction !== 'ingress') continue;
        picture.set(
          `aws-rule-${rule.id}`,
          `aws ${group.name.replace(/i-[0-9a-f]{8,}/, '‹instance›')}: + ${rule.protocol} ${rule.fromPort} from ${rule.source}`,
        );
      }
    }
  }

  /** Instants as `T+2h05`, request ids as `‹a›`, in the order of their appearance. */
  #relative(words: string): string {
    return words
      .replace(/\/p\d{16}\b/g, '/p‹message›')
      .replace(/<!date\^(\d+)\^[^>]*>/g, (_, seconds: string) => this.#since(Number(seconds) * 1_000))
      .replace(/\{\{(?:TIME|DATE)\(([^),]+)[^}]*\}\}/g, (_, iso: string) => this.#since(Date.parse(iso)))
      .replace(/(?<=decides?\b.* until )\d{4}-\d\d-\d\d/g, (date) => `D+${this.#days(date)}`)
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => this.#since(Date.parse(iso)))
      .replace(/\b(?:(\d{1,2} [A-Z][a-z]{2}), )?(\d\d:\d\d) \((\w+\/\w+)\)/g, (_, day, clock, zone) =>
        this.#since(atIn(`${zone}`, clock, day ?? STARTED_AT)),
      )
      .replace(/\b(\d{1,2} [A-Z][a-z]{2}), (\d\d:\d\d) UTC/g, (_, day: string, clock: string) => {
        const year = new Date(STARTED_AT).getUTCFullYear();
        const at = [year - 1, year, year + 1].map((one) => Date.parse(`${day} ${one} ${clock} UTC`));
        const far = (one: number) => Math.abs(one - STARTED_AT);
        return this.#since(at.toSorted((a, b) => far(a) - far(b))[0] ?? 0);
      })
      .replace(/\b(\d\d):(\d\d) UTC/g, (_, hours: string, minutes: string) => {
        const day = 86_400_000;
        const start = STARTED_AT;
        const at = start - (start % day) + (Number(hours) * 60 + Number(minutes)) * 60_000;
        return this.#since(at < start - day / 2 ? at + day : at);
      });
  }

  #days(date: string): number {
    return Math.round((Date.parse(date) - STARTED_AT) / 86_400_000 + 0.5);
  }

  #since(at: number): string {
    const minutes = Math.floor((at - STARTED_AT) / 60_000);
    return `T+${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}`;
  }
}

/** The instant of words such as `28 Nov, 09:00` in a zone: of the year that transcripts are in, and of the day that they began without one. */
function atIn(zone: string, clock: string, day: string | number): number {
  const year = new Date(STARTED_AT).getUTCFullYear();
  const date =
    typeof day === 'number' ? dayAt(day, zone).date : dayAt(Date.parse(`${day} ${year} 12:00 UTC`), 'UTC').date;
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return instantAt(date, hours * 60 + minutes, zone);
}

function isRule(key: string): boolean {
  return key.startsWith('azure-rule') || key.startsWith('aws-rule');
}

function nameOf(field: 'slackId' | 'entraId', id: string | undefined): string {
  return Object.values(people).find((person) => person[field] === id)?.id ?? String(id);
}

/** Every card has it; it would say nothing here. */
const DETAILS = '[Details]';

function slackWords({ text, blocks }: { readonly text: string; readonly blocks: readonly Json[] }): string {
  const buttons = blocks
    .flatMap((block) => (Array.isArray(block.elements) ? (block.elements as Json[]) : [block.accessory as Json]))
    .filter((element) => element?.type === 'button');
  const labels = buttons
    .map((button) => `[${String((button.text as Json | undefined)?.text)}]`)
    .filter((label) => label !== DETAILS);
  const mentions = text.replace(/<@(\w+)>/g, (_, id: string) => `@${nameOf('slackId', id)}`);
  return [mentions.replace(/\s*\n\s*/g, ' / '), ...labels].join(' ');
}

/** Everything that stands there, in its order. */
function homeWords(blocks: readonly Json[]): string {
  const said = blocks.map((block) => {
    const text = String((block.text as Json | undefined)?.text ?? '');
    return slackWords({ text, blocks: block.type === 'context' ? [] : [block] }).trim();
  });
  return said.filter((words) => words !== '').join(' / ');
}

/** What a form says of the machine that is chosen. */
function aboutWords(block: Json): string {
  const [only] = Array.isArray(block.elements) ? (block.elements as readonly Json[]) : [block.text as Json];
  return slackWords({ text: String(only?.text ?? ''), blocks: block.accessory ? [block] : [] });
}

function formWords(view: Json): string {
  const blocks = (view.blocks as readonly Json[] | undefined) ?? [];
  const labels = blocks
    .map((block) => String((block.label as Json | undefined)?.text ?? ''))
    .filter((label) => label !== '');
  const texts = blocks
    .filter(({ type }) => type === 'section')
    .map((block) => `(${String((block.text as Json).text)})`);
  const shown = `${String((view.title as Json | undefined)?.text)}: ${(labels.length > 0 ? labels : texts).join(', ')}`;
  const about = blocks.filter((block) => block.block_id === 'about');
  return [shown, ...about.map(aboutWords)].join(' – ');
}

function teamsWords({ text, cards }: { readonly text: string; readonly cards: readonly Json[] }): string {
  const [card] = cards;
  if (!card) return text.replace(/<at>([^<]*)<\/at>/g, '@$1').replace(/\s*\n\s*/g, ' / ');
  const sets = ((card.body as readonly Json[] | undefined) ?? []).flatMap((element) => element.actions ?? []);
  const actions = JSON.stringify([card.actions ?? [], sets]);
  const titles = [...actions.matchAll(/"title":"([^"]*)"/g)]
    .map((match) => `[${match[1]}]`)
    .filter((label) => label !== DETAILS);
  return [String(card.speak ?? card.fallbackText ?? '').replace(/\s*\n\s*/g, ' / '), ...new Set(titles)].join(' ');
}
