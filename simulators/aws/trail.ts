import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import type { Caller } from './credentials.ts';
import { AwsError } from './errors.ts';
import type { Query } from './query.ts';
import type { Signer } from './signature.ts';

/** What the tests choose: AWS promises little of it. */
export interface TrailBehaviour {
  /** How long an event takes to be found; 0 unless told. */
  lagMs: number;
  /** Every event is found twice: CloudTrail does not promise to deliver once. */
  isDoubled: boolean;
  /** Two lookups a second for each account and region, and no more. */
  isPaced: boolean;
  /** The role lacks `cloudtrail:LookupEvents`. */
  isDenied: boolean;
}

interface Kept {
  readonly account: string;
  readonly region: string;
  readonly atMs: number;
  readonly name: string;
  readonly username: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** "The last 90 days of management events". */
const KEEPS_MS = 90 * 24 * 3_600_000;
const MOST = 50;
const KEYS = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
];

/** LookupEvents of the CloudTrail API reference: one attribute, pages that are bound to what was asked. */
const ask = z.strictObject({
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  LookupAttributes: z
    .array(z.strictObject({ AttributeKey: z.enum(KEYS), AttributeValue: z.string().min(1).max(2_000) }))
    .max(1)
    .optional(),
  MaxResults: z.number().int().optional(),
  NextToken: z.string().optional(),
});

/** The event history of every account and region: what EC2 was told to change, by whom. */
export class Trail {
  readonly behaviour: TrailBehaviour = { lagMs: 0, isDoubled: false, isPaced: false, isDenied: false };
  readonly #now: Clock;
  #events: Kept[] = [];
  readonly #lookups = new Map<string, readonly number[]>();

  constructor(now: Clock) {
    this.#now = now;
  }

  /** A call of EC2 that changed something, or was refused. */
  called(call: TrailCall): void {
    const { caller, region, action, query, requestId, code } = call;
    const role = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(caller.arn);
    const session = role && {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${role[1]}:role/${role[2]}`, userName: role[2] },
    };
    this.#keep(caller.account, region, {
      eventName: action,
      userIdentity: {
        type: role ? 'AssumedRole' : 'IAMUser',
        principalId: caller.userId,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: call.accessKeyId,
        ...(session ? { sessionContext: session } : {}),
      },
      sourceIPAddress: '192.0.2.10',
      userAgent: 'aws-sdk-js app/drawbridge',
      requestParameters: parametersOf(action, query),
      responseElements: code === undefined ? responseOf(call) : null,
      ...(code === undefined ? {} : { errorCode: `Client.${code}` }),
      requestID: requestId,
    });
  }

  /** What a person did in the console, or a tool. */
  done(account: string, region: string, detail: Readonly<Record<string, unknown>>): void {
    if (typeof detail.eventName === 'string') this.#keep(account, region, detail);
  }

  /** Does what the action asks for. Throws its refusal. */
  run({ credential, region }: Signer, action: string, input: unknown): Readonly<Record<string, unknown>> {
    const { account, arn } = credential.caller;
    if (action !== 'LookupEvents') throw new AwsError('UnknownOperationException', `There is no ${action} here.`);
    if (this.behaviour.isDenied)
      throw new AwsError('AccessDeniedException', `User: ${arn} is not authorized to perform: cloudtrail:LookupEvents`);
    this.#pace(`${account}/${region}`);
    const read = ask.safeParse(input);
    if (!read.success) throw new AwsError('InvalidLookupAttributesException', read.error.message);
    const {
      StartTime: from = 0,
      EndTime: to = Infinity,
      LookupAttributes = [],
      MaxResults = MOST,
      NextToken,
    } = read.data;
    if (MaxResults < 1 || MaxResults > MOST) throw new AwsError('InvalidMaxResultsException', 'MaxResults is 1 to 50.');
    if (from > to) throw new AwsError('InvalidTimeRangeException', 'The start is after the end.');
    const [attribute] = LookupAttributes;
    if (attribute && attribute.AttributeKey !== 'EventName')
      throw new AwsError('InvalidLookupAttributesException', `${attribute.AttributeKey} is not simulated.`);
    const bound = JSON.stringify([from, to, attribute?.AttributeValue, account, region]);
    const { at = 0, of = bound } = NextToken === undefined ? {} : tokenIn(NextToken);
    if (of !== bound) throw new AwsError('InvalidNextTokenException', 'The token is for other parameters.');
    const now = this.#now();
    const found = this.#events.filter(
      (one) =>
        one.account === account &&
        one.region === region &&
        one.atMs + this.behaviour.lagMs <= now &&
        one.atMs >= Math.max(from * 1000, now - KEEPS_MS) &&
        one.atMs <= to * 1000 &&
        (!attribute || one.name === attribute.AttributeValue),
    );
    const all = found.toReversed().flatMap((one) => (this.behaviour.isDoubled ? [one, one] : [one]));
    const Events = all.slice(at, at + MaxResults).map(eventOf);
    const next = at + MaxResults;
    if (next >= all.length) return { Events };
    return { Events, NextToken: Buffer.from(JSON.stringify({ at: next, of: bound })).toString('base64') };
  }

  #keep(account: string, region: string, record: Readonly<Record<string, unknown>>): void {
    // To the second, as records are.
    const atMs = Math.floor(this.#now() / 1000) * 1000;
    const { arn = '' } = record.userIdentity as { readonly arn?: string };
    const whole = {
      eventVersion: '1.10',
      eventID: randomUUID(),
      eventTime: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      eventSource: 'ec2.amazonaws.com',
      awsRegion: region,
      recipientAccountId: account,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      eventCategory: 'Management',
      ...record,
    };
    const name = String(record.eventName);
    this.#events.push({ account, region, atMs, name, username: arn.split('/').at(-1) ?? '', record: whole });
    if (this.#events.length > 20_000) this.#events = this.#events.slice(-10_000);
  }

  #pace(where: string): void {
    if (!this.behaviour.isPaced) return;
    const now = this.#now();
    const recent = (this.#lookups.get(where) ?? []).filter((at) => at > now - 1000);
    if (recent.length >= 2) throw new AwsError('ThrottlingException', 'Rate exceeded');
    this.#lookups.set(where, [...recent, now]);
  }
}

export interface TrailCall {
  readonly caller: Caller;
  readonly accessKeyId: string;
  readonly region: string;
  readonly action: string;
  readonly query: Query;
  readonly requestId: string;
  /** Of a refusal. */
  readonly code?: string | undefined;
  /** The answer, in XML. */
  readonly body: string;
}

function eventOf({ record, name, atMs, username }: Kept): Readonly<Record<string, unknown>> {
  return {
    EventId: record.eventID,
    EventName: name,
    ReadOnly: 'false',
    EventTime: atMs / 1000,
    EventSource: 'ec2.amazonaws.com',
    Username: username,
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
}

function tokenIn(token: string): { readonly at?: number; readonly of?: string } {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as { at: number; of: string };
  } catch {
    throw new AwsError('InvalidNextTokenException', 'The token is none.');
  }
}

/** Parameters with a small first letter, lists as `{ items }`; ModifySecurityGroupRules alone has them as they were sent. */
function parametersOf(action: string, query: Query): unknown {
  const found: Record<string, unknown> = {};
  for (const [name, value] of query.leaves()) {
    const [field = '', index, ...rest] = name.split('.');
    if (['Action', 'Version', 'DryRun'].includes(field)) continue;
    const own = field.slice(0, 1).toLowerCase() + field.slice(1);
    if (index === undefined) found[own] = value;
    else {
      const { items = [] } = (found[own] ?? {}) as { readonly items?: readonly unknown[] };
      found[own] = { items: [...items, { [rest.at(-1) ?? 'value']: value }] };
    }
  }
  return action === 'ModifySecurityGroupRules' ? { ModifySecurityGroupRulesRequest: found } : found;
}

/** Ids that an answer gave: of new rules, instances and interfaces. */
function responseOf({ body, requestId }: TrailCall): unknown {
  const ids = (tag: string) =>
    [...body.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map(([, id]) => ({ [tag]: id }));
  return {
    requestId,
    _return: true,
    securityGroupRuleSet: { items: ids('securityGroupRuleId') },
    instancesSet: { items: ids('instanceId') },
    networkInterfaceSet: { items: ids('networkInterfaceId') },
  };
}
