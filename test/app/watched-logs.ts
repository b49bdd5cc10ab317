import { cloudLogWatcher } from '../../src/app/evidence/cloud-logs.ts';
import { converge } from '../../src/app/machine/converge.ts';
import type { LoggedWrite } from '../../src/core/evidence/written.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { type Phrase, phrased, plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import { memoryLogMarks } from '../memory/log-marks.ts';
import { approved } from './approved.ts';
import { MACHINE } from './fixtures.ts';

const never = new AbortController().signal;
export const LAG_MS = 15 * MINUTE_MS;
const operators: readonly Place[] = [{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }];

/** Ada's access was approved; a cloud with a log that has what the test puts there. */
export async function watched() {
  const made = await approved();
  const { deps, clock, cloud } = made;
  const entries: LoggedWrite[] = [];
  const log = {
    trouble: undefined as Error | undefined,
    unlisted: undefined as Error | undefined,
    read: [] as { from: number; to: number }[],
  };
  const write = (by: LoggedWrite['by'] = 'us', more: Partial<LoggedWrite> = {}) =>
    void entries.push({
      cloud: 'aws',
      account: '123456789012',
      id: `e-${entries.length}`,
      at: clock.now(),
      operation: 'AuthorizeSecurityGroupIngress',
      resource: 'sg-1',
      caller: 'arn:aws:iam::123456789012:user/mallory',
      address: '203.0.113.77',
      by,
      ...more,
    });
  const logs: WriteLog = {
    async logs() {
      if (log.unlisted) throw log.unlisted;
      return [{ name: 'AWS test', lagMs: LAG_MS, keepsMs: 89 * 86_400_000, covers: () => true }];
    },
    async written(_, period) {
      log.read.push(period);
      if (log.trouble) throw log.trouble;
      return entries.filter(({ at }) => at >= period.from && at <= period.to);
    },
    around: async (_, writes) =>
      writes.flatMap((one) => (one.resource === 'elsewhere' ? [] : [{ ...one, machines: [MACHINE.id] }])),
  };
  Object.assign(cloud, logs);
  const chat = { isAway: false, told: [] as string[] };
  const slack = {
    chat: 'slack',
    async tell(report: Report) {
      if (chat.isAway) throw new Error('away');
      const rows = report.sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)));
      chat.told.push([plain([report.title]), ...rows].join('\n'));
    },
  } as unknown as Chat;
  const here = { ...deps, chats: new Map([['slack' as const, slack]]), rules: { ...deps.rules, operators } };
  const marks = memoryLogMarks();
  const alarms: string[] = [];
  /** What each says, by its title. */
  const alarmed = new Map<string, readonly string[]>();
  const raise = async ({ title, lines }: { readonly title: Phrase; readonly lines: readonly Phrase[] }) => {
    alarms.push(phrased(title));
    alarmed.set(
      phrased(title),
      lines.map((line) => phrased(line)),
    );
  };
  const make = () => cloudLogWatcher(here, marks, { raise, over: async () => {} });
  let look = make();
  const entriesOf = async (event: string) =>
    (await deps.audit.read(undefined, 1_000)).filter(({ record }) => JSON.parse(record).event === event);
  return {
    ...made,
    ...{ log, write, entries, chat, alarms, alarmed, marks, entriesOf, operators },
    /** A minute later it is looked. */
    async turn(minutes = 1) {
      for (let i = 0; i < minutes; i += 1) {
        clock.advance(MINUTE_MS);
        await look(never);
      }
    },
    restart() {
      look = make();
    },
    open: () => converge(deps, MACHINE.id, never),
  };
}
