import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardOf } from '../../adapters/slack/card.ts';
import { portsForm, reasonForm } from '../../adapters/slack/form.ts';
import { blocksOf } from '../../adapters/slack/home.ts';
import { reportOf } from '../../adapters/slack/report.ts';
import { requestForm } from '../../adapters/slack/request-form.ts';
import type { PageState } from '../../simulators/page/state.ts';
import { channels, people } from '../../simulators/world.ts';
import { BOXES } from '../../src/core/view/boxes.ts';
import { groupView } from '../../src/core/view/group.ts';
import { groupPage } from '../../src/core/view/group-page.ts';
import { homePage } from '../../src/core/view/home-page.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { showPage } from '../../src/core/view/show-page.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { Form } from '../../src/ports/inbox.ts';
import { inStatus } from '../core/samples.ts';
import { skipBrowser } from './chromium.ts';
import { type Drawing, type Look, squeezedIn, startDrawing } from './drawing.ts';

const USER = people.requester.slackId;
/** As long as Azure allows, without a hyphen: nothing breaks it by itself. */
const LONG = 'produktionsdatenbankserverfuerrechnungslaeufewesteuropazwei00017';
const SOURCE = '2001:db8:1234:5678:9abc:def0:1234:5678';
const REASON = `${LONG} ${'lässt sich nicht neu starten, '.repeat(20)}`.slice(0, 500);
const PATCH = {
  machine: `azure:/subscriptions/11112222-3333-4444-5555-666677778888/resourcegroups/rg-${LONG.slice(0, 60)}/providers/microsoft.compute/virtualmachines/${LONG}`,
  machineName: LONG,
  location: `rg-${LONG.slice(0, 60)}, westeurope`,
  source: `${SOURCE}/128`,
  justification: REASON,
  requester: { id: 'ada', name: 'Dr. Annegret Müller-Lüdenscheidt von Hohenfels' },
  asked: [{ id: 'grace', name: 'Grace Hopper' }],
} as const;
const TYPED = { machine: 'm', ports: ['22'], duration: '1 h', source: SOURCE, justification: REASON };
const FORM: Form = {
  machines: [{ value: 'm', label: LONG, note: `Azure, ${PATCH.location}` }],
  typeAhead: false,
  ports: [22, 3389, 5985, 5986, 8443].map((port) => ({ value: `${port}`, label: `${port} (${LONG.slice(0, 20)})` })),
  durations: ['15 min', '1 h'].map((value) => ({ value, label: value })),
  sources: ['office', LONG],
  address: `https://drawbridge.example.com/address/${'x'.repeat(200)}`,
  about: { lines: [[`Asks ${PATCH.requester.name}.`], [`Only from ${SOURCE}/112 or ${LONG}.`]], isUnprotected: true },
  filled: TYPED,
};
const requests = (['pending', 'denied', 'active', 'ended'] as const).map((status) => inStatus(status, PATCH));
const two = [
  inStatus('pending', PATCH),
  { ...inStatus('pending', PATCH), id: 'p2x8v4t', machine: `${PATCH.machine}2` as const },
];
const members = two.map((request) => ({ request, view: viewOf(request) })) as unknown as Parameters<
  typeof groupView
>[0];

type Blocks = readonly object[];
interface Drawn {
  readonly message?: Blocks;
  readonly modal?: object;
  readonly home?: Blocks;
  readonly errors?: Readonly<Record<string, string>>;
}

/** What Slack shows somebody, with the longest values that it can have. */
function drawn(language: 'en' | 'de'): Readonly<Record<string, Drawn>> {
  const tongue = TONGUES[language];
  const reader = { slackIdOf: () => undefined, tongue };
  const card = (view: Parameters<typeof cardOf>[0]) => ({ message: cardOf(view, reader).blocks });
  const fault = `„${SOURCE}“ ${LONG}`;
  const page = homePage({
    at: 0,
    mine: requests,
    waiting: requests.slice(0, 1),
    recent: requests.slice(3),
    machines: [{ id: 'aws:123456789012:eu-west-1:i-0123456789abcdef0', name: LONG }],
    isProtector: true,
    mayRequest: true,
  });
  return {
    ...Object.fromEntries(requests.map((request) => [`a card: ${request.status}`, card(viewOf(request))])),
    'a card of two': card({ ...groupView(members), announce: '', headline: [] }),
    'a page of two': { message: reportOf(groupPage(members), reader).blocks },
    'the details of a request': { message: reportOf(showPage(inStatus('active', PATCH), new Map()), reader).blocks },
    'the page of one’s own': { home: blocksOf(page, reader) },
    'the form': { modal: requestForm(FORM, reader) },
    'the form with faults': {
      modal: requestForm(FORM, reader),
      errors: { machine: fault, ports: fault, source: fault, justification: fault },
    },
    'the form for ports': {
      modal: portsForm(
        { machine: 'm', name: LONG, lines: `22 from ${SOURCE}/128, ${SOURCE}/127 for 3h`, version: 'v' },
        tongue,
      ),
      errors: { ports: fault },
    },
    'the box for a reason': { modal: reasonForm('{}', BOXES.deny ?? expect.fail(), tongue, REASON) },
  };
}

let drawing: Drawing;

beforeAll(async () => {
  if (!skipBrowser) drawing = await startDrawing();
});

afterAll(() => drawing?.close());

/** The demo's page, which draws Slack's blocks, with this before somebody. */
function withThis({ message, modal, home, errors = {} }: Drawn): PageState {
  const { empty } = drawing;
  const { slack } = empty;
  const at = { ts: '1.0', channel: channels.slack.id, user: slack.bot.id, text: '', replies: [] };
  const named = (blocks: Blocks) => blocks.map((block, i) => ({ block_id: `b${i}`, ...block }));
  const shown = slack.channels.map((channel) =>
    channel.id === channels.slack.id && message
      ? { ...channel, messages: [{ ...at, blocks: named(message) }] }
      : { ...channel, messages: [] },
  );
  const view = modal as { readonly blocks: Blocks } | undefined;
  const open = { id: 'V1', hash: '', state: { values: held(view?.blocks ?? []) } };
  return {
    ...empty,
    slack: {
      ...slack,
      channels: shown,
      views: view ? { [USER]: [{ ...view, blocks: named(view.blocks), ...open }] } : {},
      homes: home ? { [USER]: { id: 'V2', type: 'home', blocks: named(home), hash: '' } } : {},
      viewErrors: { [USER]: errors },
    } as unknown as PageState['slack'],
  };
}

/** What stands in the boxes at first. */
function held(blocks: Blocks) {
  const all = blocks as readonly { readonly block_id?: string; readonly element?: Readonly<Record<string, unknown>> }[];
  return Object.fromEntries(
    all.flatMap(({ block_id = '', element }) =>
      element
        ? [
            [
              block_id,
              {
                [String(element.action_id)]: {
                  value: element.initial_value,
                  selected_option: element.initial_option,
                  selected_options: element.initial_options,
                },
              },
            ],
          ]
        : [],
    ),
  );
}

const open = (width: number, look: Look, shown: Drawn): Promise<Page> =>
  drawing.open({
    width,
    look,
    state: withThis(shown),
    kept: shown.home ? { 'slack-place': 'home' } : {},
    what: shown.modal ? '.dialog' : shown.home ? '.slack-home' : '.slack-message',
  });

/** What does not fit its place, or reaches beyond the screen. A menu shows the beginning of what is chosen, as Slack's do. */
const cutIn = (page: Page) =>
  page.locator('#slack').evaluate((slack) =>
    [...slack.querySelectorAll<HTMLElement>('.slack-message *, .slack-home *, .dialog *')]
      .filter((one) => !one.closest('select') && one.clientWidth > 0)
      .filter((one) => {
        const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible';
        return (isCut && one.tagName !== 'INPUT') || one.getBoundingClientRect().right > innerWidth + 1;
      })
      .map((one) => `${one.tagName}.${one.className}: ${one.textContent?.slice(0, 60)}`),
  );

describe.skipIf(skipBrowser)('Slack at 320 px, with the longest values', () => {
  const all = (['en', 'de'] as const).flatMap((language) =>
    Object.entries(drawn(language)).map(([name, one]) => [name, language, one] as const),
  );

  it.each(all)('cuts nothing of %s (%s)', async (_, language, shown) => {
    const page = await open(320, language === 'de' ? 'dark' : 'light', shown);
    expect(await cutIn(page)).toEqual([]);
    expect(await squeezedIn(page, '#slack')).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await page.close();
  });
});
