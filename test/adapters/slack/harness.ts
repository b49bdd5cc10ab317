import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { slackAdapter } from '../../../adapters/slack/index.ts';
import { type SlackSimulator, startSlackSimulator } from '../../../simulators/slack/index.ts';
import { channels, people } from '../../../simulators/world.ts';
import type { Typed } from '../../../src/core/language/command.ts';
import { homePage } from '../../../src/core/view/home-page.ts';
import { startServer } from '../../../src/http/server.ts';
import type { ChatAdapter, HomeDrawer, Resumer, Teller } from '../../../src/ports/chat.ts';
import type { Examiner } from '../../../src/ports/examiner.ts';
import type {
  Answer,
  FilledForm,
  FilledPorts,
  Form,
  FormAnswer,
  HomeAnswer,
  Inbox,
  LetIn,
  PortsForm,
  Press,
  Sender,
} from '../../../src/ports/inbox.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { type MemoryJournal, memoryJournal } from '../../memory/journal.ts';

export const ADA = people.requester.slackId;
export const GRACE = people.manager.slackId;
export const CHANNEL = channels.slack.id;

/** What the app is granted when it is installed as the manifest says. */
const MANIFEST = parse(readFileSync(new URL('../../../manifests/slack/manifest.yaml', import.meta.url), 'utf8')) as {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
};

/** What the inbox was asked, in order. */
export type Call =
  | { readonly what: 'command'; readonly sender: Sender; readonly text: string }
  | { readonly what: 'form'; readonly sender: Sender; readonly typed?: Typed }
  | { readonly what: 'opened'; readonly where: LetIn }
  | { readonly what: 'askProtector'; readonly sender: Sender; readonly machine: string }
  | { readonly what: 'machines'; readonly sender: Sender; readonly typed: string }
  | { readonly what: 'submit'; readonly sender: Sender; readonly filled: FilledForm }
  | { readonly what: 'portsForm'; readonly sender: Sender; readonly machine: string }
  | { readonly what: 'submitPorts'; readonly sender: Sender; readonly filled: FilledPorts }
  | { readonly what: 'home'; readonly sender: Sender; readonly isOpened?: true }
  | { readonly what: 'press'; readonly sender: Sender; readonly press: Press };

/** What the inbox answers; each may be changed by a test, and may throw. */
export interface Script {
  command: (text: string) => Answer | Promise<Answer>;
  form: (typed?: Typed) => Form | Promise<Form>;
  askProtector: (machine: string) => Answer | Promise<Answer>;
  machines: (typed: string) => { value: string; label: string }[] | Promise<{ value: string; label: string }[]>;
  submit: (filled: FilledForm) => FormAnswer | Promise<FormAnswer>;
  press: (press: Press) => Answer | Promise<Answer>;
  home: () => HomeAnswer | Promise<HomeAnswer>;
  portsForm: (machine: string) => PortsForm;
  submitPorts: (filled: FilledPorts) => FormAnswer | Promise<FormAnswer>;
}

export const PORTS: PortsForm = {
  machine: 'aws:123456789012:eu-west-1:i-0abc',
  name: 'web-1',
  lines: '22 for 1 d\n3389 for 3 h',
  version: 'v1',
};

export const FORM: Form = {
  machines: [
    { value: 'aws:123456789012:eu-west-1:i-0abc', label: 'web-1', note: 'AWS, eu-west-1' },
    { value: 'aws:123456789012:eu-west-1:i-0def', label: 'db-1', note: 'AWS, eu-west-1' },
  ],
  typeAhead: false,
  ports: [
    { value: '22', label: '22 (SSH)' },
    { value: '3389', label: '3389 (RDP)' },
  ],
  durations: [
    { value: '15 min', label: '15 min' },
    { value: '1 h', label: '1 h' },
  ],
  source: '203.0.113.7',
};

function script(): Script {
  return {
    command: (text) => ({ lines: [[`You said ${text}.`]], refused: false }),
    form: () => FORM,
    askProtector: () => ({ lines: [['Asked Sam.']], refused: false }),
    machines: () => [],
    submit: () => ({ lines: [['Asked.']], refused: false }),
    press: () => ({ lines: [], refused: false }),
    home: () => ({
      page: homePage({ at: 0, mine: [], waiting: [], recent: [], machines: [], isProtector: false, mayRequest: true }),
    }),
    portsForm: () => PORTS,
    submitPorts: () => ({ lines: [['Protected.']], refused: false }),
  };
}

export interface Rig {
  readonly slack: SlackSimulator;
  readonly adapter: ChatAdapter & Examiner & HomeDrawer & Teller & Resumer;
  readonly url: string;
  /** Everything that the inbox was asked. */
  readonly calls: Call[];
  readonly script: Script;
  /** `level: message {why}` */
  readonly log: string[];
  readonly once: { answer: Journal['accept'] };
  readonly journal: MemoryJournal;
  /** Texts that one person sees: in channels, privately and in threads, the oldest first. */
  seen(user: string): readonly string[];
  stop(): Promise<void>;
}

interface Options {
  readonly mode?: 'http' | 'socket';
  readonly scopes?: readonly string[];
  readonly start?: boolean;
}

/** The real adapter behind the real server, against the simulator, with a scripted inbox. */
export async function startRig({
  mode = 'http',
  scopes = MANIFEST.oauth_config.scopes.bot,
  start = true,
}: Options = {}): Promise<Rig> {
  const slack = await startSlackSimulator({ scopes, answerWithinMs: 60_000 });
  slack.setMode(mode);
  const log: string[] = [];
  const say =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      log.push(`${level}: ${message}${fields.why ? ` (${String(fields.why)})` : ''}`);
      if (process.env.RIG_DEBUG) console.error(level, message, fields);
    };
  const lines = { info: () => {}, warn: say('warn'), error: say('error') };
  const journal = memoryJournal(Date.now);
  const once = { answer: journal.accept };
  const adapter = slackAdapter(
    {
      mode,
      botToken: slack.botToken,
      signingSecret: slack.signingSecret,
      appToken: slack.appToken,
      teamId: slack.teamId,
      appId: slack.appId,
      apiUrl: slack.apiUrl,
    },
    {
      log: lines,
      journal: {
        ...journal,
        accept: (delivery) => once.answer(delivery),
        leave: (...given) => journal.leave(...given),
      },
      slackIdOf: (id) => Object.values(people).find((person) => person.id === id)?.slackId,
    },
  );
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    routes: adapter.routes,
    ready: async () => [],
    log: lines,
  });
  const url = `${server.url}/slack/events`;
  slack.setTarget(url);
  const calls: Call[] = [];
  const answers = script();
  if (start) await adapter.start(scripted(calls, answers));
  return {
    slack,
    adapter,
    url,
    calls,
    script: answers,
    log,
    once,
    journal,
    seen: (user) =>
      slack
        .state(user)
        .channels.flatMap(({ messages }) => messages.flatMap((message) => [message, ...message.replies]))
        .sort((a, b) => Number(a.ts) - Number(b.ts))
        .map(({ text }) => text),
    async stop() {
      await adapter.stop();
      await server.close();
      await slack.stop();
    },
  };
}

export function scripted(calls: Call[], answers: Script): Inbox {
  return {
    async command(sender, text) {
      calls.push({ what: 'command', sender, text });
      return answers.command(text);
    },
    async opened(where) {
      calls.push({ what: 'opened', where });
    },
    async askProtector(sender, machine) {
      calls.push({ what: 'askProtector', sender, machine });
      return answers.askProtector(machine);
    },
    async form(sender, _isBreakGlass, typed) {
      calls.push({ what: 'form', sender, ...(typed ? { typed } : {}) });
      const form = await answers.form(typed);
      if (!typed) return form;
      const { machine = '', justification = '' } = typed;
      const [port, hour] = [form.ports.slice(0, 1), form.durations[0]];
      const [ports, duration] = [port.map(({ value }) => value), hour?.value ?? ''];
      return { ...form, filled: { machine, ports, duration, source: form.source ?? '', justification } };
    },
    async machines(sender, typed) {
      calls.push({ what: 'machines', sender, typed });
      return answers.machines(typed);
    },
    async submit(sender, filled) {
      calls.push({ what: 'submit', sender, filled });
      return answers.submit(filled);
    },
    async portsForm(sender, machine) {
      calls.push({ what: 'portsForm', sender, machine });
      return answers.portsForm(machine);
    },
    async submitPorts(sender, filled) {
      calls.push({ what: 'submitPorts', sender, filled });
      return answers.submitPorts(filled);
    },
    view: async () => ({ lines: [], refused: true }),
    page: async () => ({ refusal: 'No page here.' }),
    async home(sender, isOpened) {
      calls.push({ what: 'home', sender, ...(isOpened ? { isOpened } : {}) });
      return answers.home();
    },
    async press(sender, press) {
      calls.push({ what: 'press', sender, press });
      return answers.press(press);
    },
  };
}
