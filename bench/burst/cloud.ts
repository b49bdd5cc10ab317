import { groupName, protectionText, ruleTags, STRATEGIES, TAG } from '../../adapters/aws/index.ts';
import { type AwsSimulator, largeWorld, startAwsSimulator } from '../../simulators/aws/index.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { serve } from '../child.ts';
import { type Gate, startGate } from './gate.ts';
import { type Burst, type Closings, type Furnished, INSTALLATION, MARK_KEYS, type Stood } from './shared.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const PROTECTION = { ports: [{ port: SSH, sources: [], longestMs: DAY_MS }] };
const marks = markSigner(INSTALLATION, [...MARK_KEYS]);

const OPENING = 'AuthorizeSecurityGroupIngress';
const THROTTLED = 'RequestLimitExceeded';

let aws: AwsSimulator | undefined;
let burst: Burst | undefined;
let gate: Gate | undefined;

/** Starts AWS with protected machines and the rules of leases in their groups, as the adapter would have made them. */
async function furnish(input: Burst): Promise<Furnished> {
  burst = input;
  const fleet = largeWorld({ machines: input.machines + (input.more ?? 0) });
  const ids = await instanceIds(fleet);
  const withGroups = fleet.map((spec) => {
    const own = { name: groupName(INSTALLATION, ids.get(spec.name) ?? '') };
    return { ...spec, groups: [...spec.groups, own] };
  });
  const started = await startAwsSimulator({ instances: withGroups, throttling: input.isThrottled ?? false });
  aws = started;
  const groups = new Map(started.state().groups.map(({ name, id }) => [name, id]));
  const stood = fleet.map(({ name }, n): Stood => {
    const instance = ids.get(name) ?? '';
    const machine = machineId('aws', `${started.accountId}:${started.region}:${instance}`);
    const group = groups.get(groupName(INSTALLATION, instance));
    if (!machine || !group) throw new Error(`${name} has no group`);
    started.human.setTags(group, {
      [TAG.installation]: INSTALLATION,
      [TAG.machine]: machine,
      [TAG.protection]: protectionText(PROTECTION) ?? '',
    });
    const placements = Array.from({ length: n < input.machines ? input.leasesEach : 0 }, (_, i) =>
      stand(started, machine, group, i),
    );
    return { machine, name, placements };
  });
  const { url, accountId: id, region, roleArn: arn, externalId, accessKeyId, secretAccessKey } = started;
  const accounts = [{ id, regions: [region], role: { arn, externalId } }];
  if (input.isGated) gate = await startGate(url);
  const endpoint = gate?.url ?? url;
  return { settings: { accounts, endpoint, credentials: { accessKeyId, secretAccessKey } }, behindGate: url, stood };
}

/** Ids are made from names, so they are the same in every simulator. */
async function instanceIds(fleet: ReturnType<typeof largeWorld>): Promise<ReadonlyMap<string, string>> {
  const look = await startAwsSimulator({ instances: fleet });
  const ids = new Map(look.state().instances.map(({ name, id }) => [name, id]));
  await look.stop();
  return ids;
}

/** Puts the rule of one lease into a group, with its mark. */
function stand(on: AwsSimulator, machine: MachineId, group: string, i: number): Placement {
  const rule = { machine, port: SSH, source: `203.0.113.${i + 1}/32` };
  const where = { account: on.accountId, region: on.region };
  const placement = STRATEGIES.dedicated.placementIn(where, { id: group, name: group }, rule);
  const until = burst?.until ?? 0;
  const opening = { placement, until, now: 0, note: { request: 'bench', requester: 'ada', approver: 'grace' } };
  const tags = ruleTags(opening, marks.sign(placement, until)).map(({ Key, Value }) => [Key ?? '', Value ?? '']);
  const id = on.human.addRule(group, { port: SSH.number, source: rule.source, tags: Object.fromEntries(tags) });
  return { ...placement, id };
}

/** What was called since the end of the leases. */
function closings(): Closings {
  if (!aws || !burst) throw new Error('nothing was furnished');
  const { until } = burst;
  const own = new Set(aws.state().groups.flatMap(({ name, id }) => (name.startsWith('drawbridge-') ? [id] : [])));
  const since = aws.log().filter(({ atMs }) => atMs >= until);
  const revoked = since.filter(({ action, status }) => action === 'RevokeSecurityGroupIngress' && status === 200);
  const calls: Record<string, number> = {};
  const refused: Record<string, number> = {};
  for (const { action, code } of since) {
    calls[action] = (calls[action] ?? 0) + 1;
    if (code === THROTTLED) refused[action] = (refused[action] ?? 0) + 1;
  }
  const standing = aws.state().groups.filter(({ id }) => own.has(id));
  return {
    first: revoked[0]?.atMs ?? Number.NaN,
    last: revoked.at(-1)?.atMs ?? Number.NaN,
    calls,
    refused,
    opened: since.filter(({ action, status }) => action === OPENING && status === 200).map(({ atMs }) => atMs),
    left: standing.flatMap(({ rules }) => rules.filter(({ direction }) => direction === 'ingress')).length,
  };
}

serve({ furnish, closings, shut: () => gate?.shut(), cpu: () => process.cpuUsage() }, async () => {
  await gate?.stop();
  await aws?.stop();
});
