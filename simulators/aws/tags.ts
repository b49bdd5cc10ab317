import type { Action, Call } from './call.ts';
import { AwsError, invalidValue, missing } from './errors.ts';
import { Filters } from './filters.ts';
import type { Tags } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import type { Query } from './query.ts';
import type { Reading } from './region.ts';
import { items, leaf } from './xml.ts';

/** Limits of tags (EC2 user guide, "Tag restrictions"). */
const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

type Table = keyof Reading;

/** What can be tagged, by the prefix of its id. */
const KINDS: Readonly<Record<string, { table: Table; type: string; notFound: string }>> = {
  i: { table: 'instances', type: 'instance', notFound: 'InvalidInstanceID.NotFound' },
  eni: { table: 'interfaces', type: 'network-interface', notFound: 'InvalidNetworkInterfaceID.NotFound' },
  pl: { table: 'prefixLists', type: 'prefix-list', notFound: 'InvalidPrefixListID.NotFound' },
  sg: { table: 'groups', type: 'security-group', notFound: 'InvalidGroup.NotFound' },
  sgr: { table: 'rules', type: 'security-group-rule', notFound: 'InvalidSecurityGroupRuleId.NotFound' },
  subnet: { table: 'subnets', type: 'subnet', notFound: 'InvalidSubnetID.NotFound' },
  vpc: { table: 'vpcs', type: 'vpc', notFound: 'InvalidVpcID.NotFound' },
};

function readTags(owner: Query): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of owner.structs('Tag')) {
    const key = tag.need('Key');
    const value = tag.text('Value') ?? '';
    if (key.length > MAX_KEY)
      throw new AwsError('InvalidTagKey.Malformed', `Tag key exceeds the maximum length of ${MAX_KEY} characters`);
    if (value.length > MAX_VALUE) throw invalidValue(`Tag value exceeds the maximum length of ${MAX_VALUE} characters`);
    if (/^aws:/i.test(key)) throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    if (tags.has(key)) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    tags.set(key, value);
  }
  return tags;
}

function limited(tags: Tags): Tags {
  if (tags.size > MAX_TAGS)
    throw new AwsError('TagLimitExceeded', `More than ${MAX_TAGS} tags specified, including existing tags.`);
  return tags;
}

/** Reads `TagSpecification.N` of a call that makes resources of this one type. */
export function readTagSpecifications(query: Query, type: string): Tags {
  const specifications = query.structs('TagSpecification');
  const types = specifications.map((one) => one.need('ResourceType'));
  const other = types.find((one) => one !== type);
  if (other !== undefined) throw invalidValue(`'${other}' is not a valid taggable resource type for this operation.`);
  if (types.length > 1) throw invalidValue(`The same resource type may not be specified more than once`);
  const tags = specifications.map(readTags)[0] ?? new Map<string, string>();
  return limited(tags);
}

/** Finds the resources to tag, all or none, and gives for each the way to put new tags on it. */
function taggable(call: Call, ids: readonly string[]) {
  if (ids.length === 0) throw missing('resourceIdSet');
  if (ids.length > 1000) throw invalidValue('At most 1000 resources can be tagged in one request');
  return ids.map((id) => {
    const kind = KINDS[id.slice(0, Math.max(0, id.indexOf('-')))];
    if (!kind) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    // Each table is asked for its own kind of row, which the compiler cannot follow from the name of the table.
    const table = call.region[kind.table] as { get(id: string): Taggable | undefined; put(row: Taggable): void };
    const row = table.get(id);
    if (!row || !call.reading[kind.table].get(id)) throw new AwsError(kind.notFound, `The ID '${id}' does not exist`);
    return { tags: row.tags, put: (tags: Tags) => table.put({ ...row, tags }) };
  });
}

interface Taggable {
  readonly id: string;
  readonly tags: Tags;
}

/** CreateTags: adds or overwrites. */
function createTags(call: Call): string {
  const ids = call.query.list('ResourceId');
  const tags = readTags(call.query);
  if (tags.size === 0) throw missing('tagSet');
  call.checked();
  const changes = taggable(call, ids).map((one) => ({ ...one, next: limited(new Map([...one.tags, ...tags])) }));
  for (const { put, next } of changes) put(next);
  return leaf('return', true);
}

/** DeleteTags: by key, by key and value, or all when none is named. What is not there is no error. */
function deleteTags(call: Call): string {
  const ids = call.query.list('ResourceId');
  const doomed = call.query.structs('Tag').map((tag) => ({ key: tag.need('Key'), value: tag.text('Value') }));
  call.checked();
  for (const { tags, put } of taggable(call, ids)) {
    const next = new Map(doomed.length === 0 ? [] : tags);
    for (const { key, value } of doomed) if (value === undefined || next.get(key) === value) next.delete(key);
    put(next);
  }
  return leaf('return', true);
}

interface TagRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly value: string;
}

function* tagRows(reading: Reading): Generator<TagRow> {
  let seq = 0;
  for (const { table, type } of Object.values(KINDS))
    for (const row of reading[table].all())
      for (const [key, value] of row.tags) {
        seq += 1;
        yield { seq, id: row.id, type, key, value };
      }
}

function describeTags(call: Call): string {
  const filters = new Filters<TagRow>(
    call.query,
    {
      key: (row) => [row.key],
      value: (row) => [row.value],
      'resource-id': (row) => [row.id],
      'resource-type': (row) => [row.type],
    },
    (row) => new Map([[row.key, row.value]]),
  );
  const paging = new Paging(call.query, call.action);
  call.checked();
  const rows = [...tagRows(call.reading)].filter((row) => filters.passes(row));
  const page = paging.page(rows, `${filters}`);
  return (
    items('tagSet', page.rows, ({ id, type, key, value }) =>
      [leaf('resourceId', id), leaf('resourceType', type), leaf('key', key), leaf('value', value)].join(''),
    ) + nextToken(page)
  );
}

export const tagActions: Readonly<Record<string, Action>> = {
  CreateTags: { mutating: true, run: createTags },
  DeleteTags: { mutating: true, run: deleteTags },
  DescribeTags: { mutating: false, run: describeTags },
};
