import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './errors.ts';
import { organizationCall } from './organizations.ts';
import type { ServerParts } from './parts.ts';
import { quotaOf } from './service-quotas.ts';
import type { Service, Signer } from './signature.ts';

const SERVICES: Readonly<Record<string, Service>> = {
  AmazonSQS: 'sqs',
  AWSOrganizationsV20161128: 'organizations',
  AWSIdentityStore: 'identitystore',
  SWBExternalService: 'sso',
  ServiceQuotasV20190624: 'servicequotas',
  AmazonSSM: 'ssm',
  secretsmanager: 'secretsmanager',
  CloudTrail_20131101: 'cloudtrail',
  Logs_20140328: 'logs',
};

/** SQS, Organizations, Systems Manager, CloudTrail, CloudWatch Logs and Identity Center speak JSON (`X-Amz-Target: AmazonSQS.ReceiveMessage`) where EC2, STS and IAM speak queries. */
export function isJson(request: IncomingMessage): boolean {
  return /^application\/x-amz-json-1\.[01]$/.test(request.headers['content-type'] ?? '');
}

export async function serveJson(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const { method = '', url: target = '/', headers } = request;
  const [, api = '', action = ''] = /^(?:[\w.]+\.)?(\w+)\.(\w+)$/.exec(String(headers['x-amz-target'])) ?? [];
  const service = SERVICES[api] ?? 'sqs';
  const answer = (status: number, content: unknown, code?: string) => {
    if (response.destroyed) return;
    const { world, log } = parts;
    log.add({
      atMs: world.now(),
      action,
      mutating: action === 'DeleteMessageBatch' || action === 'SendCommand',
      status,
      summary: '',
      ...(code ? { code } : {}),
    });
    response.writeHead(status, {
      date: new Date(world.now()).toUTCString(),
      'content-type': headers['content-type'],
      'x-amzn-requestid': randomUUID(),
    });
    response.end(JSON.stringify(content));
  };
  try {
    if (method !== 'POST' || target !== '/')
      throw new AwsError('InvalidAction', 'This endpoint takes a POST to /', 404);
    const signer = parts.verifier.verify({ method, target, headers, body }, service);
    const fault = parts.faults.take(action);
    if (fault?.kind === 'reset') return void response.destroy();
    if (fault?.kind === 'strange') return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    if (fault?.kind === 'throttle') throw new AwsError('ThrottlingException', 'Rate exceeded');
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'error') throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const input = JSON.parse(body) as Record<string, unknown>;
    const result = await resultOf(parts, { service, signer, action, input }, gone.signal);
    if (fault?.kind === 'lostReply') return void response.destroy();
    answer(200, result);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const content = {
      __type: `com.amazonaws.${service}#${error.code}`,
      Message: error.message,
      message: error.message,
      ...error.more,
    };
    answer(error.status, content, error.code);
  }
}

interface JsonCall {
  readonly service: Service;
  readonly signer: Signer;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

async function resultOf(parts: ServerParts, { service, signer, action, input }: JsonCall, gone: AbortSignal) {
  if (service === 'servicequotas') return quotaOf(parts, signer, action, input);
  if (service === 'secretsmanager') return parts.secretsManager.run(signer, action, input);
  if (service === 'cloudtrail') return parts.trail.run(signer, action, input);
  if (service === 'logs') return parts.flowRecords.run(signer, action, input);
  if (service === 'ssm') return parts.systemsManager.run(signer, action, input);
  return run(parts, service, action, input, gone);
}

async function run(
  { queue, organization, units, identityCenter }: ServerParts,
  service: Service,
  action: string,
  input: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  if (service === 'sqs') return queue.run(action, input, signal);
  if (service !== 'organizations') return identityCenter.run(action, input);
  return organizationCall({ accounts: organization, units }, action, input);
}
