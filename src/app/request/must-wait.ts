import { JitError } from '../../core/errors/errors.ts';
import { extensionOf, type Pending, type Request } from '../../core/request/request.ts';
import { whatHappened } from './answers.ts';

/** A request that waits for its decision; more time that is asked for is decided as it is. Throws `extensionAsItIs`, or what happened to it. */
export function mustWait(request: Request): Pending {
  if (extensionOf(request)) throw new JitError('extensionAsItIs');
  if (request.status !== 'pending') throw whatHappened(request);
  return request;
}
