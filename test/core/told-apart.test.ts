import { describe, expect, it } from 'vitest';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import type { Request } from '../../src/core/request/request.ts';
import { groupView, type Member } from '../../src/core/view/group.ts';
import { groupNews } from '../../src/core/view/group-news.ts';
import { groupPage } from '../../src/core/view/group-page.ts';
import { homePage } from '../../src/core/view/home-page.ts';
import { listPage } from '../../src/core/view/list-page.ts';
import { machinesReport } from '../../src/core/view/machines-page.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { changeReport } from '../../src/core/view/protect-page.ts';
import type { Report } from '../../src/core/view/report.ts';
import { inStatus, SSH, T0 } from './samples.ts';

const ONE: MachineId = 'aws:123456789012:eu-west-1:i-00000000000000001';
const OTHER: MachineId = 'aws:123456789012:eu-west-1:i-00000000000000002';
const LOCATION = '123456789012, eu-west-1';

/** A pair of names that nobody tells apart at a glance: the same, a letter that is a digit, and one of another script. */
const PAIRS = [
  ['web-1', 'web-1'],
  ['web-1', 'web-l'],
  ['web-1', 'wеb-1'],
] as const;

const called = (machine: MachineId, machineName: string): Request =>
  inStatus('pending', { machine, machineName, location: LOCATION });
const MARKS = ['i-00000000000000001', 'i-00000000000000002'] as const;
const rowsOf = ({ sections }: Report) =>
  sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]);

describe.each(PAIRS)('“%s” and “%s”, shown together', (first, second) => {
  const requests = [called(ONE, first), { ...called(OTHER, second), id: 'p2x8v4t' }] as const;
  const members = requests.map((request): Member => ({ request, view: viewOf(request) })) as unknown as Parameters<
    typeof groupView
  >[0];
  const names = [`${first} (${MARKS[0]})`, `${second} (${MARKS[1]})`] as const;
  const machines = requests.map(
    ({ machine: id, machineName: name }): Machine => ({ id, name, tags: {}, location: LOCATION }),
  );
  const isBoth = (texts: readonly string[]) => {
    for (const name of names) expect(texts.filter((text) => text.includes(name))).not.toEqual([]);
  };

  it('on the card of several, with what its buttons ask', () => {
    const { brief, facts, buttons } = groupView(members);
    isBoth(brief.map(plain));
    expect(facts.map(({ label }) => phrased(label))).toEqual(names);
    expect(buttons.flatMap(({ confirm }) => (confirm === undefined ? [] : [phrased(confirm)]))).toEqual([
      `Withdraw the requests for ${names.join(' and ')}?`,
    ]);
  });

  it('in what people are told of several', () => {
    isBoth([plain(groupNews(requests, undefined).headline)]);
    const denied = requests.map((request) => ({ ...inStatus('denied'), ...request, status: 'denied' }) as Request);
    isBoth([plain(groupNews(denied, undefined).headline)]);
  });

  it('on the page of several', () => isBoth(rowsOf(groupPage(members))));

  it('in a list of others’ requests, and on the page of one’s own', () => {
    const shown = requests.map((request) => ({ request }));
    const list = {
      at: T0,
      which: 'all',
      page: 1,
      pages: 1,
      count: 2,
      reader: 'eve',
      beside: [],
      mayRequest: true,
    } as const;
    const { sections } = listPage({
      ...list,
      shown: shown.map(({ request }) => ({
        request: { ...inStatus('active'), ...request, status: 'active' } as Request,
      })),
    });
    isBoth(sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))));
    const mine = machines.map(({ id, name }) => ({ id, name }));
    const home = homePage({
      at: T0,
      mine: [],
      waiting: [],
      recent: requests,
      machines: mine,
      isProtector: false,
      mayRequest: true,
    });
    const lines = home.sections.map(({ rows }) => rows.map(({ line }) => plain(line)));
    for (const rows of lines) isBoth(rows);
    expect(lines).toHaveLength(2);
  });

  it('among machines that are protected, or would be', () => {
    const ports = [{ port: SSH, sources: [], longestMs: 3_600_000 }];
    const shown = machines.map((machine) => ({ machine, ports, held: [] }));
    isBoth(
      rowsOf(machinesReport({ machines: shown, protectors: new Map(), pages: [], more: 0, unread: [] })).map((text) =>
        text.replaceAll(` (AWS, ${LOCATION})`, ''),
      ),
    );
    const plan = { remedies: [], stays: [], isShared: false };
    const changes = machines.map((machine) => ({ machine, ports, open: [], plan }));
    isBoth(
      rowsOf(changeReport(changes, { command: 'protect', code: 'abc', again: false })).map((text) =>
        text.replaceAll(` (AWS, ${LOCATION})`, ''),
      ),
    );
  });
});

it('a name that no other looks like stays as it is, whatever is shown beside it', () => {
  const requests = [called(ONE, 'web-1'), { ...called(OTHER, 'db-1'), id: 'p2x8v4t' }];
  expect(plain(groupNews(requests, undefined).headline)).toContain('2 machines, web-1 and db-1: ');
});
