import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../shared/faults.ts';
import { type Prepared, prepare, prepareUnsigned, type Reply, refusal, serviceOf, throttled } from './dispatch.ts';
import { AwsError } from './errors.ts';
import { isJson, serveJson } from './json.ts';
import type { LoggedCall } from './log.ts';
import type { ServerParts } from './parts.ts';
import { Query } from './query.ts';
import type { Service } from './signature.ts';

/** Nobody needs more; an EC2 query ends far below. */
const MAX_BODY = 1024 * 1024;

/** The query endpoint of EC2 and STS: every call is a signed POST of a form to `/`. */
export function createAwsServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // A bug of the simulator itself: the client sees the service's own server error, the test the cause.
      console.error(error);
      send(parts, response, refusal('ec2', new AwsError('InternalError', 'An internal error has occurred', 500)));
    });
  });
  // Clients keep connections open between calls, also while a test looks at something else.
  server.keepAliveTimeout = 60_000;
  return server;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new AwsError('RequestEntityTooLarge', 'The request is too large', 413);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send({ world }: ServerParts, response: ServerResponse, reply: Reply): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(reply.status, {
    date: new Date(world.now()).toUTCString(),
    'content-type': 'text/xml;charset=UTF-8',
    'x-amzn-requestid': reply.requestId,
  });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${reply.body}`);
}

/** What the log says of a call: its values, without those that only describe. */
function summary(query: Query): string {
  const told: string[] = [];
  for (const [name, value] of query.leaves())
    if (!/^(?:Action|Version|MaxResults|NextToken|Tag|TagSpecification)\b|Description$/.test(name)) told.push(value);
  return told.join(' ').slice(0, 120);
}

interface Received {
  readonly service: Service;
  readonly query: Query;
  readonly prepared: Prepared;
  readonly accessKeyId?: string;
}

/** Reads and verifies a call; throws its refusal. */
function receive(parts: ServerParts, request: IncomingMessage, body: string, query: Query): Received {
  const { method = '', url: target = '/', headers } = request;
  if (method !== 'POST' || target !== '/' || !headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    throw new AwsError('MalformedQueryString', 'This endpoint takes a form that is posted to /', 404);
  const service = serviceOf(query);
  const unsigned = prepareUnsigned(parts, query);
  if (unsigned) return { service, query, prepared: unsigned };
  const signer = parts.verifier.verify({ method, target, headers, body }, service);
  const { accessKeyId } = signer.credential;
  return { service, query, prepared: prepare(parts, service, query, signer), accessKeyId };
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let query = new Query();
  let received: Received;
  try {
    const body = await readBody(request);
    parts.world.settle();
    if (isJson(request)) return await serveJson(parts, request, response, body);
    query = Query.parse(body);
    received = receive(parts, request, body, query);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const reply = refusal(serviceOf(query), error);
    parts.log.add({
      atMs: parts.world.now(),
      action: query.text('Action') ?? '',
      mutating: false,
      status: reply.status,
      code: reply.code,
      summary: summary(query),
    });
    return send(parts, response, reply);
  }
  const action = query.text('Action') ?? '';
  return answer(parts, response, received, action, parts.faults.take(action));
}

/** Answers a verified call as its fault wants it; without one with what it does. */
async function answer(
  parts: ServerParts,
  response: ServerResponse,
  received: Received,
  action: string,
  fault: Fault | undefined,
): Promise<void> {
  const { world } = parts;
  const { service, prepared, query, accessKeyId = '' } = received;
  const { caller, region, mutating } = prepared;
  const log = (reply: Pick<LoggedCall, 'status' | 'code'>) =>
    parts.log.add({
      atMs: world.now(),
      action,
      mutating,
      status: reply.status,
      code: reply.code,
      fault: fault?.kind,
      account: caller.account,
      region,
      caller: caller.arn,
      sourceIdentity: caller.sourceIdentity,
      summary: summary(query),
    });
  const run = (): Reply => {
    const reply = prepared.run(fault?.kind === 'stale' && !mutating ? fault.ms : world.readLagMs);
    log(reply);
    parts.onReply?.({ service, action, ...reply });
    const { code, requestId, body } = reply;
    // A dry run changes nothing, and is in the history as what it was refused with.
    if (mutating && service === 'ec2')
      parts.trail.called({ caller, accessKeyId, region, action, query, requestId, code, body });
    if (mutating && reply.status === 200) parts.changed();
    return parts.oddly && reply.status === 200 ? { ...reply, body: parts.oddly(action, reply.body) } : reply;
  };
  const refuse = (error: AwsError): void => {
    const reply = refusal(service, error);
    log(reply);
    parts.onReply?.({ service, action, ...reply });
    send(parts, response, reply);
  };
  switch (fault?.kind) {
    case 'throttle':
      // EC2 and STS name no time to wait.
      return refuse(throttled(service));
    case 'error':
      return refuse(new AwsError(fault.code, fault.message ?? fault.code, fault.status));
    case 'reset':
      log({ status: 0 });
      return void response.destroy();
    case 'strange':
      log({ status: 200 });
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    case 'lostReply':
      run();
      return void response.destroy();
    case 'lateLanding':
      log({ status: 0 });
      world.later(fault.ms, run);
      return void response.destroy();
    case 'slow': {
      const reply = run();
      await delay(fault.ms, undefined, { ref: false });
      return send(parts, response, reply);
    }
    default:
      return send(parts, response, run());
  }
}
