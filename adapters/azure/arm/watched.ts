import { JitError } from '../../../src/core/errors/errors.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import { CLOUD } from '../errors.ts';
import type { GivenAnswer, Hook, SentCall } from './hook.ts';
import { answerOf, outcomeOf } from './operation.ts';
import { isOwn } from './own-answers.ts';

/** What is done about each call that is sent. */
export interface Watched {
  /** Waits until it may be sent. Gives what is to be called once it has ended. */
  turn(request: SentCall): Promise<() => void>;
  /** It is about to be sent: throws where it may not be any more. Gives what is told how it ended. */
  onSend(request: SentCall): ReturnType<CallWatch> | undefined;
  onReply(request: SentCall, response: GivenAnswer): void;
}

export function hookOf({ turn, onSend, onReply }: Watched): Hook {
  return {
    name: 'drawbridge',
    async sendRequest(request, next) {
      const done = await turn(request);
      let ended: ReturnType<CallWatch> | undefined;
      try {
        ended = onSend(request);
        const response = await next(request);
        if (!isOwn(request.method, response)) throw new JitError('cloudStrange', { cloud: CLOUD });
        onReply(request, response);
        ended?.(outcomeOf(response), answerOf(response));
        return response;
      } catch (error) {
        ended?.('failed');
        throw error;
      } finally {
        done();
      }
    },
  };
}
