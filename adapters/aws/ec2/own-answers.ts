import type { EC2Client } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { CLOUD } from '../errors.ts';

/** Where AWS writes the ID of a request (SDK v3, `$metadata.requestId`). */
const IDS = ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id'];

/**
 * The client, which takes nobody's answers but those of AWS: what a proxy or a filter says with 200 has neither the ID of a
 * request nor anything that was asked for, and the SDK reads it as empty lists. Throws `cloudStrange`.
 */
export function ownAnswers<C extends { readonly middlewareStack: unknown }>(client: C): C {
  const stack = client.middlewareStack as EC2Client['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { statusCode = 0, headers = {} } = result.response as {
        readonly statusCode?: number;
        readonly headers?: Readonly<Record<string, string>>;
      };
      const { $metadata: _, ...said } = result.output ?? { $metadata: {} };
      const isSaid = Object.values(said).some((value) => value !== undefined);
      if (statusCode >= 300 || isSaid || IDS.some((name) => headers[name])) return result;
      throw strange();
    },
    { step: 'deserialize', name: 'ownAnswers' },
  );
  return client;
}

export function strange(): JitError {
  return new JitError('cloudStrange', { cloud: CLOUD });
}
