import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/language/instant.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Assessor } from '../../src/ports/assessor.ts';
import { MACHINE, PEOPLE, SENDER, world } from './fixtures.ts';

const [ADA, GRACE] = PEOPLE as readonly [Person, Person];
const ASK = { machine: 'api-1', ports: [], forMs: HOUR_MS, justification: 'deploy' };
const open = { machine: MACHINE, verdict: 'unhealthy', tab: 'notConfigured', reasons: ['22 is open.'] } as const;
const guarded = { ...open, verdict: 'healthy', tab: 'configured' } as const;

function assessing(assess: Assessor['assess'], azure?: Assessor['assess']) {
  const made = world();
  const clouds: Deps['clouds'] = new Map([
    ['aws', Object.assign(made.cloud, { assess })],
    ...(azure ? [['azure', Object.assign(world().cloud, { cloud: 'azure', assess: azure })] as const] : []),
  ]);
  const deps: Deps = { ...made.deps, clouds, rules: { ...made.deps.rules, protectors: ['person:ada'] } };
  const ask = async (user: string = SENDER.user) => {
    const { report, lines, refused } = await inbox(deps).command({ ...SENDER, user }, 'recommend');
    const rows = report?.sections.flatMap(({ rows: all }) => all.map(({ line }) => plain(line))) ?? [];
    return { title: report && phrased(report.title), rows, said: lines.map(plain), refused };
  };
  return { ...made, deps, ask };
}

describe('recommend', () => {
  it('is for those who may protect machines', async () => {
    const { ask } = assessing(async () => ({ machines: [open], unread: [] }));
    expect(await ask()).toMatchObject({ title: '1 of 1 machine should be protected', refused: false });
    const said = ['You may not protect machines. Those who may are listed in drawbridge.yaml under `protectors`.'];
    expect(await ask('U2')).toEqual({ title: undefined, rows: [], said, refused: true });
  });

  it('tells who was given access of late, also when it is over', async () => {
    const { ask, deps, clock } = assessing(async () => ({ machines: [guarded], unread: [] }));
    const give = async (key: string) => {
      const { id } = await submit(deps, ADA, ASK, { ...SENDER, key });
      await decide(deps, GRACE, { request: id, verdict: 'approve' });
    };
    expect((await ask()).rows).toEqual(['api-1 (AWS, eu-west-1): no access granted yet.']);
    await give('k1');
    clock.advance(6 * DAY_MS);
    await give('k2');
    expect((await ask()).rows).toEqual(['api-1 (AWS, eu-west-1): 2 approvals in 7 days, last 12:00 UTC for Ada.']);
    clock.advance(2 * DAY_MS);
    expect((await ask()).rows).toEqual(['api-1 (AWS, eu-west-1): 1 approval in 7 days, last 12:00 UTC for Ada.']);
    clock.advance(10 * DAY_MS);
    expect((await ask()).rows).toEqual(['api-1 (AWS, eu-west-1): 0 approvals in 7 days, last 12:00 UTC for Ada.']);
  });

  it('names a cloud that does not answer, and shows the others', async () => {
    const silent = () => Promise.reject(new JitError('cloudSilent', { cloud: 'Azure' }));
    const { ask, log } = assessing(async () => ({ machines: [open], unread: ['123, us-east-1'] }), silent);
    const rows = [
      'api-1 (AWS, eu-west-1): 22 is open.',
      '123, us-east-1 could not be read; see the log.',
      'Azure could not be read; see the log.',
    ];
    expect(await ask()).toMatchObject({ rows, refused: false });
    expect(log).toEqual(['the machines of a cloud could not be assessed']);
  });

  it('says so when none answers', async () => {
    const { ask } = assessing(() => Promise.reject(new JitError('cloudSilent', { cloud: 'AWS' })));
    expect(await ask()).toMatchObject({
      title: undefined,
      said: ['AWS did not respond. Try again in a minute.'],
      refused: true,
    });
  });

  it('knows a cloud that cannot judge, and leaves it out', async () => {
    const { deps } = world();
    const rules = { ...deps.rules, protectors: ['person:ada'] as const };
    const { report } = await inbox({ ...deps, rules }).command(SENDER, 'recommend');
    expect(report).toEqual({ title: 'No recommendations for 0 machines', sections: [] });
  });
});
