import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { portsForm, reasonForm } from '../../adapters/slack/form.ts';
import { blocksOf } from '../../adapters/slack/home.ts';
import { reportOf } from '../../adapters/slack/report.ts';
import { requestForm } from '../../adapters/slack/request-form.ts';
import { cardOf } from '../../adapters/teams/card.ts';
import { formCard, portsCard, takenCard } from '../../adapters/teams/form.ts';
import { pageCard } from '../../adapters/teams/page-card.ts';
import { baseCard } from '../../adapters/teams/refresh.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { WORKFLOW } from '../../src/core/request/workflow.ts';
import { BOXES } from '../../src/core/view/boxes.ts';
import { groupView } from '../../src/core/view/group.ts';
import { groupPage } from '../../src/core/view/group-page.ts';
import { homePage } from '../../src/core/view/home-page.ts';
import { type ListFacts, listPage, PAGE_NAMES } from '../../src/core/view/list-page.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { showPage } from '../../src/core/view/show-page.ts';
import german from '../../src/core/words/de.json' with { type: 'json' };
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { Form } from '../../src/ports/inbox.ts';
import { ADA, closingBecause, inStatus, T0 } from '../core/samples.ts';

const tongue = TONGUES.de;
const slack = { slackIdOf: () => undefined, tongue };
const own = Object.values(german).join('\n');

/** What a catalogue's English says between what is filled in: three words and more, which no German text has. */
const ENGLISH = Object.keys(german)
  .flatMap((text) => text.replace(/`[^`]*`/g, '{code}').split(/\{[^{}]*\}/))
  .map((part) => part.trim())
  .filter((part) => /\p{L}+ \p{L}+ \p{L}+/u.test(part) && !own.includes(part));

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** What of a thing that somebody sees is said in English. */
function english(shown: unknown): readonly string[] {
  const all = texts(shown).join('\n');
  return ENGLISH.filter((part) => all.includes(part));
}

const STATES = ['pending', 'scheduled', 'denied', 'withdrawn', 'expired', 'activating', 'active', 'ended'] as const;
const requests = STATES.map((status) => inStatus(status));
const failing = closingBecause('failed', new JitError('cloudBusy', { cloud: 'AWS' }));
const members = [inStatus('pending'), inStatus('active')].map((request) => ({ request, view: viewOf(request) }));
const group = [members[0], members[1]] as Parameters<typeof groupView>[0];
const shared = (request: (typeof requests)[number]) => ({ ...viewOf(request), readers: ['ada'] });

/** What a timeline keeps: by the workflow, and by what notes something. */
const EVENTS = [
  ...Object.values(WORKFLOW).flatMap((moves) => Object.keys(moves)),
  ...globSync('src/core/request/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bevent: '([a-z ]+)'/g)].map(([, event = '']) => event),
  ),
];

const form: Form = {
  machines: [{ value: 'm', label: 'web-1' }],
  typeAhead: false,
  ports: [{ value: '22', label: '22 (SSH)' }],
  durations: [{ value: '1h', label: '1 h' }],
  sources: ['office'],
  address: 'https://drawbridge.example.com/address/x',
};
const ports = { machine: 'm', name: 'web-1', lines: '22 for 3h', version: 'v' };
const fault = say`${new JitError('missingReason').spans}`;
const faults = { machine: fault, source: fault, start: fault };
const list = (which: ListFacts['which'], count: number) =>
  listPage({
    mayRequest: true,
    ...{ at: T0, which, page: 1, pages: 2, count, reader: 'ada', beside: [new JitError('missingReason').spans] },
    shown: count === 0 ? [] : requests.map((request) => ({ request })),
  });
const home = {
  ...homePage({
    at: T0,
    mine: requests,
    waiting: requests,
    recent: requests,
    machines: [],
    isProtector: true,
    mayRequest: true,
  }),
  ...({ which: 'home', title: 'Drawbridge', page: 1, pages: 1 } as const),
};

describe('somebody who reads German sees no English of ours', () => {
  it('knows English when it sees it', () => {
    expect(ENGLISH.length).toBeGreaterThan(1_000);
    expect(english(formCard(form, { id: 'f', faults })).length).toBeGreaterThan(3);
  });

  it.each(requests.map((request) => [request.status, request] as const))('on a card: %s', (_, request) => {
    expect(english([cardOf(viewOf(request), 'n', { tongue }), baseCard(shared(request), 'n', tongue)])).toEqual([]);
  });

  it('on a card whose cloud does not answer, and on that of several requests', () => {
    const view = { ...groupView(group), announce: '', headline: [] };
    const details = reportCard(groupPage(group), tongue);
    expect(english([cardOf(viewOf(failing), 'n', { tongue }), cardOf(view, 'n', { tongue }), details])).toEqual([]);
  });

  it.each([
    ['to ask', form],
    ['to ask, with too many machines', { ...form, typeAhead: true, machines: [] }],
    ['to break glass', { ...form, isBreakGlass: true } as const],
    ['of what nobody protects', { ...form, about: { lines: [[fault]], isUnprotected: true } } as const],
  ])('in the form %s', (_, given) => {
    const typed = { machine: 'm', ports: ['22'], duration: '1h', source: '', justification: '' };
    const cards = [
      formCard(given, { id: 'f', tongue }),
      formCard(given, { id: 'f', faults, trouble: [[fault]], typed, tongue }),
    ];
    expect(english([...cards, requestForm(given, slack)])).toEqual([]);
  });

  it('in the forms of ports and of words, and where they were taken', () => {
    const cards = [portsCard(ports, { id: 'f', fault, tongue }), takenCard([[fault]], say`Requested`, tongue)];
    const boxes = Object.values(BOXES).map((box) => reasonForm('', box, tongue));
    expect(english([...cards, portsForm(ports, tongue), ...boxes])).toEqual([]);
  });

  it.each(PAGE_NAMES.filter((which) => which !== 'home'))('on the page %s', (which) => {
    expect(english([pageCard(list(which, 8), [[fault]], tongue), pageCard(list(which, 0), [], tongue)])).toEqual([]);
  });

  it('on their own page', () => {
    expect(home.sections.length).toBeGreaterThan(3);
    expect(english([pageCard(home, [], tongue), blocksOf(home, slack)])).toEqual([]);
  });

  it.each([...new Set(EVENTS)])('in the details of a request to which this happened: %s', (event) => {
    const timeline = [{ at: 0, event, by: 'ada', text: 'x' }];
    const page = showPage({ ...inStatus('ended'), timeline }, new Map());
    const shown = JSON.stringify([reportCard(page, tongue), reportOf(page, slack)]);
    expect(english(shown)).toEqual([]);
    expect(shown).not.toContain(` ${event} `);
  });

  it('and reads what they wrote themselves as it is', () => {
    const asks = inStatus('pending', { justification: 'to stop it for good', requester: ADA });
    expect(JSON.stringify(cardOf(viewOf(asks), 'n', { tongue }))).toContain('to stop it for good');
  });
});
