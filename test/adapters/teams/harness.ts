import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { type TeamsSettings, teamsAdapter } from '../../../adapters/teams/index.ts';
import { LIMITS, type Limits } from '../../../adapters/teams/settings.ts';
import { type ActivityState, startTeamsSimulator, type TeamsSimulator } from '../../../simulators/teams/index.ts';
import { channels, people } from '../../../simulators/world.ts';
import type { View } from '../../../src/core/view/view.ts';
import { type HttpServer, startServer } from '../../../src/http/server.ts';
import type {
  Answer,
  FilledPorts,
  Form,
  FormAnswer,
  Inbox,
  LetIn,
  PageAnswer,
  PortsForm,
} from '../../../src/ports/inbox.ts';
import { type MemoryJournal, memoryJournal } from '../../memory/journal.ts';

type Adapter = Awaited<ReturnType<typeof teamsAdapter>>;

/** Through which library the harnesses that are made next talk: test/adapters/teams/agents.test.ts runs all again. */
export const transport: { sdk: NonNullable<TeamsSettings['sdk']> } = { sdk: 'botbuilder' };

const ticks = performance.now.bind(performance);
let goneByMs = 0;

/** As if so long had gone by, for what waits by the monotonic clock, until the test ends. */
export function goBy(ms: number): void {
  goneByMs += ms;
  vi.spyOn(performance, 'now').mockImplementation(() => ticks() + goneByMs);
}

/** An inbox that answers as the test says and keeps what it was asked. */
export interface ScriptedInbox extends Inbox {
  answer: Answer | Promise<Answer>;
  formAnswer: FormAnswer;
  formShown: Form;
  readonly commands: Parameters<Inbox['command']>[];
  readonly presses: Parameters<Inbox['press']>[];
  readonly submits: Parameters<Inbox['submit']>[];
  readonly searches: Parameters<Inbox['machines']>[];
  readonly opens: LetIn[];
  readonly views: Parameters<Inbox['view']>[];
  readonly pages: Parameters<Inbox['page']>[];
  pageShown: (page: number) => PageAnswer;
  portsShown: PortsForm;
  readonly lined: FilledPorts[];
}

const FORM: Form = {
  machines: [
    { value: 'azure:web-1', label: 'web-1', note: 'Azure, westeurope' },
    { value: 'aws:db-1', label: 'db-1' },
  ],
  typeAhead: false,
  ports: [
    { value: '22', label: 'SSH (22)' },
    { value: '3389', label: 'RDP (3389)' },
  ],
  durations: ['30m', '1h', '2h'].map((value) => ({ value, label: value })),
  source: '203.0.113.7',
};

const PORTS: PortsForm = { machine: 'azure:web-1', name: 'web-1', lines: '22 for 1 d\n3389 for 3 h', version: 'v1' };

function scriptedInbox(): ScriptedInbox {
  const box: ScriptedInbox = {
    answer: { lines: [['Done']], refused: false },
    formAnswer: { lines: [['Asked for web-1.']], refused: false },
    formShown: FORM,
    commands: [],
    presses: [],
    submits: [],
    searches: [],
    opens: [],
    views: [],
    view: async (...asked) => {
      box.views.push(asked);
      return box.answer;
    },
    opened: async (where) => void box.opens.push(where),
    askProtector: async () => box.answer,
    command: async (...asked) => {
      box.commands.push(asked);
      return box.answer;
    },
    press: async (...asked) => {
      box.presses.push(asked);
      return box.answer;
    },
    submit: async (...asked) => {
      box.submits.push(asked);
      return box.formAnswer;
    },
    machines: async (...asked) => {
      box.searches.push(asked);
      return FORM.machines;
    },
    form: async () => box.formShown,
    home: async () => ({ refusal: 'No page here.' }),
    pages: [],
    pageShown: () => ({ refusal: 'No page here.' }),
    page: async (...asked) => {
      box.pages.push(asked);
      return box.pageShown(asked[2]);
    },
    portsShown: PORTS,
    lined: [],
    portsForm: async () => box.portsShown,
    submitPorts: async (_, filled) => {
      box.lined.push(filled);
      return box.formAnswer;
    },
  };
  return box;
}

export interface TeamsHarness {
  sim: TeamsSimulator;
  adapter: Adapter;
  server: HttpServer;
  inbox: ScriptedInbox;
  /** Warnings and errors. */
  readonly log: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[];
  settings: TeamsSettings;
  journal: MemoryJournal;
  /** Messages of the person's chat. */
  chatOf(entraId: string): readonly ActivityState[];
  /** Threads of the channel. */
  threads(): readonly (readonly ActivityState[])[];
  /** The invoke of any action on a message of the person's chat, to be delivered. */
  invokeOf(entraId: string, activityId: string, action: object): Record<string, unknown>;
  /** Resolves, without polling, once `look` gives something: it is asked after every change in Teams and every log line. */
  eventually<T>(look: () => T | undefined): Promise<T>;
}

/** The real adapter on the program's own server against the Teams simulator; the world is as new before each test. */
export function teamsHarness(limits: Partial<Limits> = {}): TeamsHarness {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-teams-'));
  const listeners = new Set<() => void>();
  const { sdk } = transport;
  const log: TeamsHarness['log'] = [];
  const h = {
    log,
    chatOf: (entraId: string) => h.sim.state().personal.find((chat) => chat.entraId === entraId)?.activities ?? [],
    threads: () => h.sim.state().channel.threads.map((thread) => thread.activities),
    invokeOf(entraId: string, activityId: string, action: object) {
      const conversationId = h.sim.state().personal.find((chat) => chat.entraId === entraId)?.id;
      const activity = { id: activityId, conversationId } as Parameters<TeamsSimulator['drafts']['cardAction']>[1];
      return h.sim.drafts.cardAction(h.sim.person(entraId), activity, { ...action }, 'manual');
    },
    eventually<T>(look: () => T | undefined): Promise<T> {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => finish(() => reject(new Error('what was waited for did not come'))), 60_000);
        const finish = (settle: () => void) => {
          clearTimeout(late);
          listeners.delete(check);
          settle();
        };
        const check = () => {
          const found = look();
          if (found !== undefined) finish(() => resolve(found));
        };
        listeners.add(check);
        check();
      });
    },
  } as Partial<TeamsHarness> as TeamsHarness;
  const tellAll = () => {
    for (const listener of [...listeners]) listener();
  };
  const note = (fields: Readonly<Record<string, unknown>>, message: string) => {
    log.push({ fields, message });
    tellAll();
  };

  beforeAll(async () => {
    h.sim = await startTeamsSimulator({ waitMs: { message: 60_000, invoke: 60_000 } });
    h.sim.onChange(tellAll);
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, h.sim.caPem);
    const { appId, appPassword, tenantId, serviceUrl, authorityHost, openIdMetadataUrl, issuer, toChannelScope } =
      h.sim;
    h.settings = {
      sdk,
      channels: [channels.teams.id],
      appId,
      appPassword,
      tenantId,
      serviceUrl,
      serviceUrls: [serviceUrl],
      validateTokens: true,
      loginUrl: authorityHost,
      openIdMetadataUrl,
      tokenIssuer: issuer,
      oauthScope: toChannelScope,
      caFile,
    };
  });
  beforeEach(async () => {
    goneByMs = 0;
    await h.adapter?.stop();
    await h.server?.close();
    h.sim.faults.clear();
    h.sim.setTeamInstalled(true);
    for (const { entraId } of Object.values(people)) {
      h.sim.setPerson(entraId, { installed: true, blocked: false, inTeam: true, userRole: 'user' });
      h.sim.removeChat(entraId);
    }
    log.length = 0;
    h.inbox = scriptedInbox();
    const logger = { info: () => {}, warn: note, error: note };
    const ids = new Map<string, string>(Object.values(people).map(({ id, entraId }) => [id, entraId]));
    h.journal = memoryJournal(Date.now);
    h.adapter = await teamsAdapter(
      h.settings,
      { log: logger, journal: h.journal, entraIdOf: (id) => ids.get(id) },
      { ...LIMITS, ...limits },
    );
    h.server = await startServer({
      host: '127.0.0.1',
      port: 0,
      routes: h.adapter.routes,
      ready: async () => [],
      log: logger,
    });
    h.sim.setTarget(`${h.server.url}/api/messages`);
    await h.adapter.start(h.inbox);
  });
  afterAll(async () => {
    await h.adapter.stop();
    await h.server.close();
    await h.sim.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return h;
}

/** A pending request as people see it. */
export function viewFor(patch: Partial<View> = {}): View {
  const { requester, manager } = people;
  const view: Omit<View, 'summary'> = {
    request: 'k7m2p9q',
    version: 1,
    tone: 'waiting',
    title: `${requester.name} asks for access to web-1`,
    status: ['Waiting for a decision until ', { at: Date.UTC(2030, 0, 7, 17) }],
    brief: [['Port 22 (SSH) from 203.0.113.7 for 1 h'], ['Azure, westeurope, rg-prod']],
    people: [['Asked: ', { person: manager.id, name: manager.name }]],
    facts: [
      { label: 'Machine', value: ['web-1'] },
      { label: 'Port', value: ['22 (SSH)'] },
      { label: 'From', value: ['203.0.113.7'] },
      { label: 'Asked', value: [{ person: manager.id, name: manager.name }] },
    ],
    justification: 'deploy 4711',
    remarks: [],
    notes: [],
    buttons: [
      { verb: 'approve', label: 'Approve', style: 'primary' },
      { verb: 'deny', label: 'Deny', style: 'danger' },
      { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: 'Withdraw this request?' },
    ],
    announce: 'asked',
    headline: [{ person: requester.id, name: requester.name }, ' asks for access to web-1.'],
    ...patch,
  };
  return { summary: [`${view.title}: `, ...view.status], ...view };
}
