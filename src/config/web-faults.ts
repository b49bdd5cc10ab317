import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { isLoopback } from './loopback.ts';

export function webFaults({ web: given, http }: Known): readonly Fault[] {
  return [...urlFaults(given?.url), ...proxyFaults(http?.trustedProxies)];
}

function proxyFaults(proxies: readonly (string | undefined)[] = []): readonly Fault[] {
  return proxies.flatMap((proxy, i): readonly Fault[] =>
    proxy?.endsWith('/0')
      ? [{ path: ['http', 'trustedProxies', i], message: 'must be the addresses of your proxies, not everybody’s' }]
      : [],
  );
}

function urlFaults(url: string | undefined): readonly Fault[] {
  if (url === undefined) return [];
  const { protocol, origin } = new URL(url);
  const faults: Fault[] = [];
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(url)))
    faults.push({ path: ['web', 'url'], message: 'must begin with https://; only loopback may do without' });
  if (url.replace(/\/$/, '') !== origin)
    faults.push({ path: ['web', 'url'], message: `must be a host alone, without a path: ${origin}` });
  return faults;
}
