import type { Instance, SecurityGroup } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Port, uniquePorts } from '../../../src/core/rule/port.ts';
import type { UndoRecords } from '../../../src/ports/undo.ts';
import { changeGroups, createGroup, deleteGroup } from '../ec2/group-life.ts';
import { groupAt } from '../ec2/ids.ts';
import { groupWork, type Onboarding } from '../ec2/onboarding.ts';
import { READ_LAG_MS, readGroups } from '../ec2/read.ts';
import { patiently } from '../ec2/retries.ts';
import { bearsMark } from '../ec2/rule.ts';
import type { Site } from '../ec2/sites.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { CLOUD, refused } from '../errors.ts';
import { copyName } from './copied.ts';
import { makeRules, rulesNow } from './make-rules.ts';
import { permissionIn, without } from './permission.ts';
import { type CopyRecord, copyRecordId, recordOf } from './record.ts';
import { interfacesOf } from './survey.ts';

/** Gives a machine, in place of a group that it shares, a copy of it without these ports. */
export async function copyFor(
  work: Onboarding,
  { GroupId: group = '', GroupName: called = group }: SecurityGroup,
  ports: readonly Port[],
  undo: UndoRecords,
): Promise<void> {
  const { site, machine, instance } = work;
  const { InstanceId = '' } = instance;
  const kept: CopyRecord = {
    kind: 'copy',
    group,
    called,
    ports: uniquePorts(ports),
    machines: [machine],
    instance: InstanceId,
  };
  const record = recordOf(site, kept);
  const isNew = (await undo.all('aws')).every(({ id }) => id !== record.id);
  await undo.keep(record);
  try {
    for (const vpc of vpcsWith(work.instance, group)) {
      const copy = await makeCopy(work, kept, vpc);
      await syncCopy(work, kept, copy);
      await swap(work, group, copy, { instance: InstanceId, vpc });
    }
  } catch (error) {
    if (isNew && !work.signal.aborted) await forget(work, kept, undo, error);
    throw error;
  }
}

/**
 * Where a machine has a group: an interface takes groups of its own VPC, and those that were associated with it ("Associate
 * security groups with multiple VPCs", Amazon VPC user guide), so that a group's VPC says nothing of the interface's.
 */
function vpcsWith({ NetworkInterfaces = [] }: Instance, group: string): readonly string[] {
  const having = NetworkInterfaces.filter(({ Groups }) => Groups?.some(({ GroupId }) => GroupId === group));
  return [...new Set(having.flatMap(({ VpcId }) => VpcId ?? []))];
}

/** Goes back from a copy that could not be given. Where that fails too, the record stays, and says what is to be put back. */
async function forget(work: Onboarding, kept: CopyRecord, undo: UndoRecords, because: unknown): Promise<void> {
  try {
    if ((await dropCopy(work, kept)) === undefined) await undo.drop(recordOf(work.site, kept).id);
  } catch (error) {
    work.aws.log.error({ error, because, group: kept.group }, 'a copy that failed could not be taken away');
  }
}

async function makeCopy(work: Onboarding, kept: CopyRecord, VpcId: string): Promise<string> {
  const { aws, site } = work;
  const id = copyRecordId(groupAt(site, kept.group), kept.instance);
  const GroupName = copyName(aws.installation, id);
  const tags = { [TAG.installation]: aws.installation, [TAG.copyOf]: kept.group, [TAG.undo]: id };
  const description = `Copy of ${kept.group} by Drawbridge for one protected machine`;
  await patiently(work, () => createGroup(groupWork(work), { name: GroupName, description, vpc: VpcId, tags }));
  return patiently(work, async () => {
    const copy = await findCopy(work, GroupName, VpcId);
    if (!copy) throw new JitError('cloudBusy', { cloud: CLOUD });
    if (tagsOf(copy.Tags)[TAG.undo] !== id) throw refused('GroupNameTaken');
    return copy.GroupId ?? '';
  });
}

async function findCopy(
  { site, signal }: Pick<Onboarding, 'site' | 'signal'>,
  name: string,
  vpc: string,
): Promise<SecurityGroup | undefined> {
  const filters = [
    { Name: 'group-name', Values: [name] },
    { Name: 'vpc-id', Values: [vpc] },
  ];
  for await (const group of readGroups(site, filters, signal)) return group;
  return undefined;
}

/** Makes a copy say what its original says now, but these ports, and let out the same. */
export async function syncCopy(
  { aws, site, signal }: Pick<Onboarding, 'aws' | 'site' | 'signal'>,
  { group, ports }: CopyRecord,
  copy: string,
): Promise<void> {
  for (const egress of [false, true]) {
    const original = await rulesNow({ aws, site, group, egress, signal });
    // A lease that came into the original since is closed there, and would stay in a copy.
    const rules = original
      .filter((rule) => !bearsMark(rule))
      .map(permissionIn)
      .flatMap((one) => (egress ? [one] : without(one, ports)));
    await makeRules({ aws, site, group: copy, egress, signal }, rules, () => true);
  }
}

/** Takes ports out of a copy, and brings nothing into it that its original has come to say since. */
export async function narrowCopy(
  { aws, site, signal }: Pick<Onboarding, 'aws' | 'site' | 'signal'>,
  copy: string,
  ports: readonly Port[],
): Promise<void> {
  const edit = { aws, site, group: copy, egress: false, signal };
  const rules = (await rulesNow(edit)).map(permissionIn);
  await makeRules(
    edit,
    rules.flatMap((one) => without(one, ports)),
    () => true,
  );
}

/** Puts one group in the place of another on interfaces: on all of them, or on those of one instance in one VPC. */
async function swap(
  work: Pick<Onboarding, 'aws' | 'site' | 'signal'>,
  from: string,
  to: string,
  only?: { readonly instance: string; readonly vpc: string },
): Promise<void> {
  const { site, signal } = work;
  const holding = async () => {
    const all = await interfacesOf(site, from, signal);
    return all.filter(
      ({ Attachment, VpcId }) => !only || (Attachment?.InstanceId === only.instance && VpcId === only.vpc),
    );
  };
  await changeGroups(groupWork(work), holding, (ids) => [...new Set(ids.map((id) => (id === from ? to : id)))]);
}

/** Gives the original back, and deletes the copy. Gives why not, when the original is gone. */
export async function dropCopy(
  work: Pick<Onboarding, 'aws' | 'site' | 'signal'>,
  kept: CopyRecord,
): Promise<string | undefined> {
  const { aws, site, signal } = work;
  const name = copyName(aws.installation, copyRecordId(groupAt(site, kept.group), kept.instance));
  const original = await findById(site, kept.group, signal);
  const filters = [{ Name: 'group-name', Values: [name] }];
  let copies = await Array.fromAsync(readGroups(site, filters, signal));
  if (copies.length === 0) {
    // A reading may be older than the copy.
    await aws.pause(READ_LAG_MS, signal);
    copies = await Array.fromAsync(readGroups(site, filters, signal));
  }
  for (const { GroupId: copy = '' } of copies) {
    if (!original)
      return `Security group ${kept.called} (${kept.group}) no longer exists; its copy ${name} stays in its place.`;
    await swap(work, copy, kept.group);
    await deleteGroup(groupWork(work), copy);
  }
  return undefined;
}

async function findById(site: Site, id: string, signal: AbortSignal): Promise<SecurityGroup | undefined> {
  for await (const group of readGroups(site, [{ Name: 'group-id', Values: [id] }], signal)) return group;
  return undefined;
}
