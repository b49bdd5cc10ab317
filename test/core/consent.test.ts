import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportOf } from '../../adapters/slack/report.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import { areTooLong, checkMessageBlocks } from '../../simulators/slack/block-kit.ts';
import { ENGLISH, phrased, plain } from '../../src/core/language/text.ts';
import { consentRows, messagesOf } from '../../src/core/view/consent.ts';
import { reportIn } from '../../src/core/view/in-tongue.ts';
import { changeReport, type ProtectChange } from '../../src/core/view/protect-page.ts';
import { putBackReport } from '../../src/core/view/put-back-page.ts';
import type { Report } from '../../src/core/view/report.ts';

const change = (n: number, rules: number): ProtectChange => ({
  machine: { id: `aws:123456789012:eu-west-1:i-${n}`, name: `web-${n}`, tags: {}, location: 'eu-west-1' },
  ports: [],
  open: [],
  plan: {
    remedies: [
      {
        where: `Security group g${n}`,
        does: Array.from({ length: rules }, (_, i) => `tcp 22 from 10.${n}.${i}.0/24 is removed`).join('; '),
        serves: Array.from({ length: rules }, (_, i) => `sharer-${n}-${i}`),
        warns: [],
      },
    ],
    stays: [],
    isShared: true,
  },
});
const offer = { command: 'protect web-1 usual', code: 'a1b2c3', again: false } as const;
const textOf = ({ title, sections }: Report) =>
  [
    phrased(title),
    ...sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]),
  ].join('\n');
/** All words of a report as somebody sees them in a chat. */
const inSlack = (report: Report) =>
  JSON.stringify(
    messagesOf(reportIn(report, ENGLISH), ENGLISH).map((one) =>
      reportOf(one, { slackIdOf: () => undefined, tongue: ENGLISH }),
    ),
  );
const inTeams = (report: Report) =>
  messagesOf(reportIn(report, ENGLISH), ENGLISH)
    .map((one) => JSON.stringify(reportCard(one).body))
    .join();

describe('a page that consent is asked for', () => {
  it.each([
    [1, 5],
    [1, 60],
    [12, 3],
    [50, 8],
  ])('of %i machines with %i rules each is shown to its last word in both chats', (machines, rules) => {
    const changes = Array.from({ length: machines }, (_, n) => change(n, rules));
    const report = changeReport(changes, offer);
    const wanted = changes.flatMap(({ machine, plan }) => [
      machine.name,
      ...plan.remedies.flatMap(({ does, serves }) => [
        ...does.split('; ').map((one) => one.split(' ')[3] ?? ''),
        ...serves,
      ]),
    ]);
    for (const shown of [inSlack(report), inTeams(report)])
      expect(wanted.filter((one) => !new RegExp(`\\b${one}\\b`).test(shown))).toEqual([]);
    const pages = messagesOf(reportIn(report, ENGLISH), ENGLISH);
    const buttons = pages.map(({ sections }) => sections.flatMap(({ rows }) => rows).filter(({ button }) => button));
    expect(buttons.slice(0, -1).flat()).toEqual([]);
    expect(buttons.at(-1)?.length).toBeGreaterThan(0);
  });

  it('says of what strangers could come by that it takes two, and of a strange record what to type', () => {
    const reopening = { record: 'aws-1', where: 'Security group web', does: 'opens tcp 22 from 0.0.0.0/0', serves: [] };
    const hash = 'ab'.repeat(32);
    const plan = {
      reopenings: [{ ...reopening, isPublic: true, tightened: ['tcp 23-25 from 0.0.0.0/0'], unsigned: hash }],
      stays: ['22 in security group api stays closed while api-1 is protected.'],
      records: ['aws-1'],
    };
    const ask = { what: 'web-1', command: 'restore web-1', code: 'a1b2c3', accepted: [] };
    const text = textOf(putBackReport(plan, ask));
    expect(text).toContain('two people who may protect machines must confirm it');
    expect(text).toContain(`\`/jit restore web-1 accepting ${hash.slice(0, 12)} confirm a1b2c3\``);
    expect(text).toContain(hash);
    expect(text).toContain('tcp 23-25 from 0.0.0.0/0 was removed since and stays closed.');
    const commands = (report: Report) =>
      report.sections.flatMap(({ rows }) => rows.flatMap(({ button }) => button?.command ?? []));
    expect(commands(putBackReport(plan, ask))).toEqual(['restore web-1 everything']);
    expect(commands(putBackReport(plan, { ...ask, accepted: [hash.slice(0, 12)] }))).toEqual([
      'restore web-1 confirm a1b2c3',
      'restore web-1 everything',
    ]);
    expect(commands(putBackReport(plan, { ...ask, accepted: [hash.slice(0, 5)] }))).toHaveLength(1);
  });

  it('fits what the chats take, whatever it says', () => {
    const unit = fc.constantFrom('a', '&', '<', '🚀', '*', ' ', '"', ',');
    const text = fc.string({ unit, minLength: 1, maxLength: 3_000, size: 'max' }).map((one) => `x${one}`);
    const section = fc.record({
      heading: fc.constantFrom('one', 'two', 'three'),
      texts: fc.array(text, { maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(section, { maxLength: 12 }), (sections) => {
        const report: Report = {
          title: 'x',
          isWhole: true,
          sections: sections.map(({ heading, texts }) => ({ heading, rows: consentRows(texts) })),
        };
        for (const one of messagesOf(reportIn(report, ENGLISH), ENGLISH)) {
          const { blocks } = reportOf(one, { slackIdOf: () => undefined, tongue: ENGLISH });
          expect(checkMessageBlocks(blocks)).toEqual([]);
          expect(areTooLong(blocks)).toBe(false);
          const rockets = (said: unknown) => JSON.stringify(said).split('🚀').length;
          expect(rockets(blocks)).toBe(rockets(one.sections));
          expect(rockets(reportCard(one).body)).toBe(rockets(one.sections));
          const rows = one.sections.reduce((all, { rows: own }) => all + own.length, 0);
          const shown = (reportCard(one).body as readonly unknown[]).length;
          expect(shown).toBe(1 + one.sections.length + rows);
        }
      }),
      { numRuns: 40 },
    );
  });
});
