import { channels, people } from '../world.ts';
import type { Services } from './services.ts';

type Json = Readonly<Record<string, unknown>>;

/** How long any one step of a life may take before the run is given up with a reason: ample on a machine that does other work. */
const STEP_MS = 90_000;

/** How often a person presses a button that answered “Please try again”. */
const MOST_TRIES = 10;

/** How the transcript calls people where their part in it says more than their role in the company. */
const PARTS: Partial<Record<keyof typeof people, string>> = { manager: 'approver' };

/** What people do and see in the demo, in words of the transcript: drives the simulators as a person would. */
export class Stage {
  readonly #services: Services;
  readonly #print: (line: string) => void;
  readonly #stops: (() => void)[] = [];
  #azureSeen = 0;
  #awsSeen = 0;
  readonly #toldInSlack = new Set<string>();

  constructor(services: Services, print: (line: string) => void) {
    this.#services = services;
    this.#print = print;
    this.#stops.push(services.onChange(() => this.#report()));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Types a command in Slack's channel and gives the private answer to it. */
  async slack(who: keyof typeof people, text: string): Promise<string> {
    const { slack } = this.#services;
    const { slackId } = people[who];
    const before = new Set(this.#slackAnswers(slackId).map(({ ts }) => ts));
    this.#print(`${PARTS[who] ?? who}, Slack> ${text}`);
    await slack.command(slackId, channels.slack.id, text);
    const answer = await this.until(`an answer in Slack to “${text}”`, () =>
      this.#slackAnswers(slackId).find(({ ts }) => !before.has(ts)),
    );
    this.#print(`slack< ${flat(answer.text)}`);
    return answer.text;
  }

  /** Writes to the bot in Teams and gives its answer. */
  async teams(who: keyof typeof people, text: string): Promise<string> {
    const { teams } = this.#services;
    const { entraId } = people[who];
    const texts = () => this.#teamsChat(entraId).filter((activity) => activity.from.isBot && activity.text !== '');
    const before = new Set(texts().map(({ id }) => id));
    this.#print(`${PARTS[who] ?? who}, Teams> ${text}`);
    await teams.say(entraId, 'personal', text);
    const answer = await this.until(`an answer in Teams to “${text}”`, () => texts().find(({ id }) => !before.has(id)));
    this.#print(`teams< ${flat(answer.text)}`);
    return answer.text;
  }

  /** Presses Approve on the card in the approver's own chat in Teams. */
  async approveInTeams(who: keyof typeof people, request: string): Promise<void> {
    const { teams } = this.#services;
    const { entraId } = people[who];
    const card = await this.until('a card in Teams', () => {
      const cards = this.#teamsChat(entraId).filter((activity) => JSON.stringify(activity.cards).includes(request));
      return cards.find((activity) => JSON.stringify(activity.cards).includes('"approve"'));
    });
    this.#print(`${PARTS[who] ?? who}, Teams> Approve`);
    for (let tries = 1; ; tries += 1) {
      const seen = await teams.execute(entraId, card.id, { verb: 'approve' });
      if (seen.ok && !seen.notice) return;
      // It was taken, and Teams waits no longer: the card tells how it went.
      if (seen.ok && seen.notice?.startsWith('Still working on it')) {
        const isDone = () =>
          !JSON.stringify(this.#teamsChat(entraId).find(({ id }) => id === card.id)).includes('"approve"');
        await this.until('what came of the approval', () => isDone() || undefined);
        return;
      }
      // It was taken the first time, only the answer to it was late.
      if (tries > 1 && /^Already approved .* by /.test(seen.notice ?? '') && seen.notice?.includes(people[who].name))
        return;
      // As a person would, who is asked to.
      if (tries < MOST_TRIES && seen.notice?.includes('try again')) continue;
      throw new Error(`Teams did not take the approval: ${seen.notice ?? seen.status}`);
    }
  }

  /** Presses Approve on the card in Slack's channel. */
  async approveInSlack(who: keyof typeof people, request: string): Promise<void> {
    const { slack } = this.#services;
    const { ts, button } = await this.until('a card in Slack', () => {
      for (const message of this.#channel()) {
        const button =
          JSON.stringify(message.blocks).includes(request) &&
          buttons(message.blocks).find((one) => label(one) === 'Approve');
        if (button) return { ts: message.ts, button };
      }
      return undefined;
    });
    this.#print(`${PARTS[who] ?? who}, Slack> Approve`);
    const seen = await slack.press(people[who].slackId, channels.slack.id, ts, String(button.action_id));
    if (!seen.ok) throw new Error(`Slack did not take the approval: ${seen.notice ?? seen.status}`);
  }

  /** What the channel in Slack was told of a machine since, as soon as it holds these words, or else those. */
  async told(words: string, machine: string, orElse = words): Promise<void> {
    await this.until(`“${words}” about ${machine} in the channel`, () =>
      this.#channel().some((message) =>
        message.replies.some(({ text }) => (text.includes(words) || text.includes(orElse)) && text.includes(machine)),
      )
        ? true
        : undefined,
    );
  }

  /** Waits for something to be seen; it is looked for after every change of any service. */
  until<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => finish(() => reject(new Error(`${what} did not come within ${STEP_MS / 1_000} s; ${this.#lately()}`))),
        STEP_MS,
      );
      const check = () => {
        const found = look();
        if (found !== undefined) finish(() => resolve(found));
      };
      const stop = this.#services.onChange(check);
      const finish = (then: () => void) => {
        clearTimeout(late);
        stop();
        then();
      };
      check();
    });
  }

  /** The last that the channel was told, for whoever asks why something did not come. */
  #lately(): string {
    const told = this.#channel().flatMap(({ text, replies }) => [text, ...replies.map((reply) => reply.text)]);
    return `the channel was told: ${told.slice(-8).map(flat).join(' | ')}`;
  }

  #slackAnswers(slackId: string) {
    return this.#channel(slackId).filter((message) => message.visibleTo === slackId);
  }

  #channel(slackId?: string) {
    return this.#services.slack.state(slackId).channels.find(({ id }) => id === channels.slack.id)?.messages ?? [];
  }

  #teamsChat(entraId: string) {
    return this.#services.teams.state().personal.find((chat) => chat.entraId === entraId)?.activities ?? [];
  }

  /** Prints what the clouds were asked to change, and what the channel was told. */
  #report(): void {
    const { azure, aws } = this.#services;
    const azureLog = azure.log();
    for (const entry of azureLog.slice(this.#azureSeen)) {
      if (
        entry.method !== 'GET' &&
        !/^(Token|Users_|Groups_|NetworkInterfaces_ListEffective|ListNetworkManager|Operat)/.test(entry.operation)
      )
        this.#print(`azure< ${entry.summary}`);
    }
    this.#azureSeen = azureLog.length;
    const awsLog = aws.log();
    for (const entry of awsLog.slice(this.#awsSeen))
      if (entry.mutating) this.#print(`aws< ${entry.action} ${entry.summary} → ${entry.code ?? entry.status}`);
    this.#awsSeen = awsLog.length;
    for (const message of this.#channel()) {
      for (const reply of message.replies) {
        if (this.#toldInSlack.has(reply.ts)) continue;
        this.#toldInSlack.add(reply.ts);
        this.#print(`channel, Slack< ${flat(reply.text)}`);
      }
    }
  }
}

function flat(text: string): string {
  return text
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<@(\w+)>/g, (_, id: string) => Object.values(people).find((person) => person.slackId === id)?.name ?? id)
    .replace(/<at>([^<]*)<\/at>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Every button of some blocks. */
function buttons(blocks: readonly Json[]): readonly Json[] {
  return blocks
    .flatMap((block) => (Array.isArray(block.elements) ? (block.elements as Json[]) : []))
    .filter((element) => element.type === 'button');
}

function label(button: Json): string {
  const text = button.text as Json | undefined;
  return String(text?.text ?? '');
}
