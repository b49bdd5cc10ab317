import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './errors.ts';
import type { ServerParts } from './server.ts';

/** SQS speaks JSON (`X-Amz-Target: AmazonSQS.ReceiveMessage`) where EC2, STS and IAM speak queries. */
export function isJson(request: IncomingMessage): boolean {
  return request.headers['content-type'] === 'application/x-amz-json-1.0';
}

export async function serveJson(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const { method = '', url: target = '/', headers } = request;
  const [, action = ''] = /^AmazonSQS\.(\w+)$/.exec(String(headers['x-amz-target'])) ?? [];
  const answer = (status: number, content: unknown, code?: string) => {
    if (response.destroyed) return;
    const { world, log } = parts;
    log.add({
      atMs: world.now(),
      action,
      mutating: action !== 'ReceiveMessage',
      status,
      summary: '',
      ...(code ? { code } : {}),
    });
    response.writeHead(status, {
      date: new Date(world.now()).toUTCString(),
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
    });
    response.end(JSON.stringify(content));
  };
  try {
    if (method !== 'POST' || target !== '/')
      throw new AwsError('InvalidAction', 'This endpoint takes a POST to /', 404);
    parts.verifier.verify({ method, target, headers, body }, 'sqs');
    const fault = parts.faults.take(action);
    if (fault?.kind === 'reset') return void response.destroy();
    if (fault?.kind === 'error') throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const result = await parts.queue.run(action, JSON.parse(body) as Record<string, unknown>, gone.signal);
    if (fault?.kind === 'lostReply') return void response.destroy();
    answer(200, result);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    answer(error.status, { __type: `com.amazonaws.sqs#${error.code}`, message: error.message }, error.code);
  }
}
