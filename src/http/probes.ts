import type { Route } from '../ports/http.ts';
import { text } from './reply.ts';

/**
 * `/healthz` says that the process runs and needs nothing; `/readyz` whether deliveries are welcome, and else which parts are
 * missing. What is wrong with them is for `/status`.
 */
export function probes(ready: () => Promise<readonly string[]>): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: () => text(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      handle: () =>
        ready().then(
          (missing) => (missing.length === 0 ? text(200, 'ready') : text(503, `not ready: ${missing.join(', ')}`)),
          () => text(503, 'not ready: redis'),
        ),
    },
  ];
}
