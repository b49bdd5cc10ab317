import type { BoardRow } from '../../src/core/board/row.ts';
import type { AssessedMachine } from '../../src/core/machine/assessment.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';

const HOUR = 3_600_000;
const SCRIPT = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

/** Names that a cloud or a chat may hand over, however odd. */
export const NAMES = [
  'web-1\u202egnp.exe',
  'we\u200bb\u2060-1',
  '\u2066web-1\u2069\u200f',
  'n'.repeat(4_000),
  `${'n'.repeat(3_999)}m`,
  SCRIPT,
  '🧑🏽‍🚀🚀🇩🇪 rocket',
  '',
  ' \u200b\t\n ',
  '__proto__',
  'constructor',
  'toString',
  'שרת-בינלאומי',
  'الخادم-1',
  '\ud800 half',
  '`code` *bold* {{DATE(1)}}',
  'javascript:window.ran=1',
  'Z̸̛͇̀a̶̤͝l̵̰̈́g̷̠̿o̸͓͝',
  '../../board/leave',
] as const;

const STATES = ['active', 'pending', 'scheduled', 'closing', 'ended', 'denied', 'frozen', '__proto__'] as const;
const INSTANTS = [Number.NaN, -1, 0, -8_640_000_000_000_000, 8_640_000_000_000_001, 1e18, 253_402_300_800_000] as const;
const CLOUDS = [
  'aws:1:eu-west-1:i-',
  'azure:/subscriptions/s/resourcegroups/rg/',
  'gcp:p/z/',
  'moon:',
  '__proto__:',
  '',
];

/** What no record should say, and one day one does: a row for each name in each state, with an instant of every kind. */
export function hostileRows(now: number): readonly BoardRow[] {
  return STATES.flatMap((status, s) =>
    NAMES.map((name, i) => {
      const odd = INSTANTS[(s + i) % INSTANTS.length] ?? 0;
      const at = (field: number) => ((i + field) % 3 === 0 ? odd : now - HOUR * (field + 1));
      return {
        ...{ id: `h${s}${i.toString(36).padStart(5, '0')}`, version: 1, status },
        ...{ machine: hostileId(i), machineName: name, location: NAMES[(i + 1) % NAMES.length] },
        requester: { id: `person-${i}`, name },
        ...{ people: [`person-${i}`], ports: i % 4 === 0 ? [] : ['22', name.slice(0, 300)], policies: [name] },
        ...{ source: i % 2 === 0 ? '203.0.113.7/32' : name.slice(0, 300), sourceName: name.slice(0, 300) },
        ...{ askedAt: i % 7 === 0 ? odd : now - 3 * HOUR, deciders: [name, name], waitsFor: [name, name] },
        ...{ openedAt: at(1), until: at(2), endedAt: at(0), overAt: at(3), startsAt: at(4), answerBy: at(5) },
        ...(status === 'ended' ? { closedAt: at(0), lateMs: odd, verdict: i % 2 === 0 ? name : 'unknown' } : {}),
        ...{ trouble: name, why: name },
      } as unknown as BoardRow;
    }),
  );
}

export function hostileMachines(): readonly AssessedMachine[] {
  return NAMES.map((name, i) => ({
    machine: { id: hostileId(i), name, tags: {}, location: NAMES[(i + 1) % NAMES.length] ?? '' },
    verdict: i % 2 === 0 ? 'healthy' : 'unhealthy',
    tab: (['configured', 'notConfigured', 'unsupported'] as const)[i % 3] ?? 'configured',
    reasons: [name, name, `Open through ${name}.`],
    ...(i % 2 === 0 ? { stillOpen: [name, name] } : {}),
  })) as readonly AssessedMachine[];
}

function hostileId(i: number): MachineId {
  return `${CLOUDS[i % CLOUDS.length]}${i.toString(16).padStart(17, '0')}` as MachineId;
}

/** What somebody's link may ask for, however broken. */
export const QUERIES = [
  'from=nonsense',
  'from=2026-10-01',
  'to=nonsense&from=nonsense',
  'to=8640000000000000',
  'to=999999999999999999999',
  'from=-5&to=-9',
  'from=1000000000&to=999999999999999',
  'from=0&to=1e300',
  'from=NaN&to=Infinity',
  'from=2000000000000&to=1000000000000',
  'skip=abc',
  'skip=-1',
  'skip=99999999999999999999',
  'skip=400',
  'cloud=moon',
  'cloud=__proto__',
  'standing=__proto__',
  'standing=nonsense',
  `q=${'x'.repeat(900)}`,
  `machine=${'m'.repeat(2_000)}`,
  'person=__proto__&policy=constructor',
  'q=%E0%A4%A&person=%ED%A0%80',
  'q=%00%E2%80%AE%E2%80%8B',
  'q=%3Cscript%3Ewindow.ran%3D1%3C%2Fscript%3E',
  'machine=&machine=a&machine=b&&&==',
  'q=(%5B*%2B%3F%5C',
] as const;
