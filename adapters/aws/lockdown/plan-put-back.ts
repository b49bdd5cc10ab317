import type { PutBackPlan, Reopening } from '../../../src/core/machine/lockdown.ts';
import { isPublic } from '../../../src/core/rule/source.ts';
import type { PutBackAsk } from '../../../src/ports/lockdown.ts';
import type { UndoRecord, UndoRecords } from '../../../src/ports/undo.ts';
import type { Aws } from '../ec2/context.ts';
import { groupAt, groupRef } from '../ec2/ids.ts';
import { namesOf } from '../ec2/owners.ts';
import { readGroups } from '../ec2/read.ts';
import { bearsMark } from '../ec2/rule.ts';
import { readGroup } from '../ec2/security-group.ts';
import { copyName } from './copied.ts';
import { rulesNow } from './make-rules.ts';
import { needingIn, stillNeeded, waiting } from './needing.ts';
import { lacking, type Peer, type Permission, permissionIn, permissionText, samePeer, without } from './permission.ts';
import { meantBy, termsOf, tightenedText, whyNever } from './put-back.ts';
import { type CopyRecord, copyRecordId, type RuleRecord } from './record.ts';
import { type Reading, restorationOf, type Terms } from './restoration.ts';
import { interfacesOf } from './survey.ts';

/** What putting back would open, record by record, and for whom; and what stays closed, and why. */
export async function planPutBack(
  aws: Aws,
  which: PutBackAsk,
  undo: UndoRecords,
  signal: AbortSignal,
): Promise<PutBackPlan> {
  const plans: Found[] = [];
  const meant = await meantBy(aws, which, undo, signal);
  for (const { record, kept } of meant) {
    const reading = { aws, site: aws.sites.of(groupRef(record.at), true), signal };
    const terms = termsOf(which);
    plans.push(
      kept.kind === 'rule' ? await ofRule(reading, record, kept, terms) : await ofCopy(reading, record, kept, terms),
    );
  }
  return {
    reopenings: plans.flatMap(({ reopenings }) => reopenings),
    stays: plans.flatMap(({ stays }) => stays),
    records: meant.map(({ record }) => record.id),
  };
}

type Found = Pick<PutBackPlan, 'reopenings' | 'stays'>;

async function ofRule(reading: Reading, record: UndoRecord, kept: RuleRecord, terms: Terms): Promise<Found> {
  const never = await whyNever(reading, kept);
  if (never !== undefined) return { reopenings: [], stays: [never] };
  const restoration = await restorationOf(reading, kept, terms);
  const { left, needing, tightened, isWithheld, opens } = restoration;
  const waits = waiting(left, needing, kept.called);
  // What stays away is said with what comes, where anything comes.
  if (opens.length === 0)
    return { reopenings: [], stays: [...(isWithheld ? tightenedText(record, kept, restoration) : []), ...waits] };
  const { site, signal } = reading;
  const reopening: Reopening = {
    ...shared(record, kept, opens),
    serves: await namesOf(site, await interfacesOf(site, kept.group, signal), signal),
    tightened: tightened.map(permissionText),
  };
  return { reopenings: [reopening], stays: waits };
}

async function ofCopy(reading: Reading, record: UndoRecord, kept: CopyRecord, terms: Terms): Promise<Found> {
  const { aws, site, signal } = reading;
  const needing = terms.isForAll ? [] : await needingIn(reading, kept);
  const left = stillNeeded(kept.ports, needing);
  const waits = waiting(left, needing, kept.called);
  if (left.length > 0 && left.length === kept.ports.length) return { reopenings: [], stays: waits };
  const name = copyName(aws.installation, copyRecordId(groupAt(site, kept.group), kept.instance));
  const copies = await Array.fromAsync(readGroups(site, [{ Name: 'group-name', Values: [name] }], signal));
  const [copy] = copies;
  if (!copy) return { reopenings: [], stays: [] };
  if (!(await readGroup(site, kept.group, signal)))
    return {
      reopenings: [],
      stays: [`Security group ${kept.called} (${kept.group}) no longer exists; its copy ${name} stays in its place.`],
    };
  const id = copy.GroupId ?? '';
  const rules = (group: string) => rulesNow({ aws, site, group, egress: false, signal });
  const [original, there] = await Promise.all([rules(kept.group), rules(id).then((all) => all.map(permissionIn))]);
  const coming = original.filter((rule) => left.length === 0 || !bearsMark(rule)).map(permissionIn);
  const opens = coming.flatMap((rule) =>
    lacking(
      without(rule, left),
      there.filter((one) => samePeer(one, rule)),
    ),
  );
  if (opens.length === 0) return { reopenings: [], stays: waits };
  const serves = await namesOf(site, await interfacesOf(site, id, signal), signal);
  const list = listOf(opens);
  const does = left.length > 0 ? `opens ${list} in its copy` : `comes back in place of its copy, and opens ${list}`;
  return { reopenings: [{ ...shared(record, kept, opens), does, serves, tightened: [] }], stays: waits };
}

function shared(record: UndoRecord, kept: RuleRecord | CopyRecord, opens: readonly Permission[]) {
  return {
    record: record.id,
    where: `Security group ${kept.called} (${kept.group})`,
    does: `opens ${listOf(opens)}`,
    isPublic: opens.some(({ peer }) => isPublicPeer(peer)),
    ...(record.unsigned === undefined ? {} : { unsigned: record.unsigned }),
  };
}

function listOf(opens: readonly Permission[]): string {
  return opens.map(permissionText).sort().join(', ');
}

/** What a prefix list holds may be anything, and change. */
function isPublicPeer({ kind, value }: Peer): boolean {
  return kind === 'prefixList' || (kind !== 'group' && isPublic(value));
}
