import type { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { CallAnswer, CallOutcome, CallWatch } from '../../../src/ports/meter.ts';
import { ownAnswers } from './own-answers.ts';

type Plugin = NonNullable<Parameters<typeof fromTemporaryCredentials>[0]['clientPlugins']>[number];

/** A client of any of AWS's services. */
interface AnyClient {
  readonly middlewareStack: { use(plugin: Plugin): void };
}

/** Besides EC2's own: what makes a machine do something. */
const CHANGES: ReadonlySet<string> = new Set(['SendCommand']);
/** Long polling of SQS. */
const WAITS: ReadonlySet<string> = new Set(['ReceiveMessage']);
/** As the services name it ("Common Errors" of their references; "Error codes for the Amazon EC2 API"). */
const THROTTLED =
  /^(?:RequestLimitExceeded|RequestThrottled(?:Exception)?|Throttling(?:Exception)?|TooManyRequestsException)$/;

/** Lets every call of a client be seen, and takes AWS's own answers alone. EC2's clients do it by themselves, behind what paces them. */
export function watched<C extends AnyClient>(client: C, account: string, called: CallWatch | undefined): C {
  ownAnswers(client);
  for (const plugin of pluginsFor(account, called)) client.middlewareStack.use(plugin);
  return client;
}

/** The same for a client that somebody else makes. */
export function pluginsFor(account: string, called: CallWatch | undefined): Plugin[] {
  return called ? [pluginFor(account, called)] : [];
}

function pluginFor(account: string, called: CallWatch): Plugin {
  return {
    applyToStack(stack) {
      stack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            const operation = String(commandName).replace(/Command$/, '');
            const [isChange, isWaiting] = [CHANGES.has(operation), WAITS.has(operation)];
            const ended = called({ cloud: 'aws', account, operation, isChange, isWaiting });
            try {
              const result = await next(args);
              ended('done', answerIn(result.output));
              return result;
            } catch (error) {
              ended(outcomeOf(error), answerIn(error));
              throw error;
            }
          },
        // Whoever assumes a role gives its client the same plugins before each time.
        { step: 'finalizeRequest', name: 'callWatch', priority: 'low', override: true },
      );
    },
  };
}

/** What an output or an error of the SDK tells of its answer. */
export function answerIn(said: unknown): CallAnswer {
  const { httpStatusCode: status, requestId: id } = metadataOf(said);
  return { ...(status === undefined ? {} : { status }), ...(id === undefined ? {} : { id }) };
}

export function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof Error && THROTTLED.test(error.name)) return 'throttled';
  const { httpStatusCode = 0 } = metadataOf(error);
  return httpStatusCode >= 400 && httpStatusCode < 500 ? 'refused' : 'failed';
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

function metadataOf(said: unknown): Metadata {
  return (said as { readonly $metadata?: Metadata } | undefined)?.$metadata ?? {};
}
