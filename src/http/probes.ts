import type { Route } from '../ports/http.ts';
import { text } from './reply.ts';

/** `/healthz` says that the process runs, `/readyz` whether it can work. */
export function probes(ready: () => Promise<void>): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: () => text(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      handle: () =>
        ready().then(
          () => text(200, 'ready'),
          () => text(503, 'not ready'),
        ),
    },
  ];
}
