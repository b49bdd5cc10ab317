import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { isLoopback } from './loopback.ts';

export function webFaults({ web, http, signIn, directory, policies = [] }: Known): readonly Fault[] {
  const unsigned = policies.flatMap((policy, i): readonly Fault[] =>
    policy?.stepUp === 'signIn' && !signIn ? [{ path: ['policies', i, 'stepUp'], message: 'needs signIn' }] : [],
  );
  return [
    ...unsigned,
    ...urlFaults('url', web?.url),
    ...urlFaults('ipv4', web?.ipv4),
    ...urlFaults('ipv6', web?.ipv6),
    ...proxyFaults(http?.trustedProxies),
    ...signInFaults({ web, signIn, directory }),
  ];
}

/** The issuer names the one tenant whose people are meant: with `common`, anybody's account would do. */
function signInFaults({ web, signIn, directory }: Pick<Known, 'web' | 'signIn' | 'directory'>): readonly Fault[] {
  if (!signIn) return [];
  const faults: Fault[] = [];
  if (!web) faults.push({ path: ['signIn'], message: 'needs web.url, where sign-ins come back to' });
  const tenant = directory?.entra?.tenantId;
  if (!directory?.entra) faults.push({ path: ['signIn'], message: 'needs directory.entra, which knows who signs in' });
  if (signIn.issuer === undefined) return faults;
  const { protocol, pathname } = new URL(signIn.issuer);
  const path = ['signIn', 'issuer'];
  if (protocol !== 'https:' && !isLoopback(signIn.issuer))
    faults.push({ path, message: 'must begin with https://; only loopback may do without' });
  if (tenant !== undefined && pathname.toLowerCase() !== `/${tenant.toLowerCase()}/v2.0`)
    faults.push({ path, message: `must end with /${tenant}/v2.0, the tenant of directory.entra` });
  return faults;
}

function proxyFaults(proxies: readonly (string | undefined)[] = []): readonly Fault[] {
  return proxies.flatMap((proxy, i): readonly Fault[] =>
    proxy?.endsWith('/0')
      ? [{ path: ['http', 'trustedProxies', i], message: 'must be the addresses of your proxies, not everybody’s' }]
      : [],
  );
}

function urlFaults(name: 'url' | 'ipv4' | 'ipv6', url: string | undefined): readonly Fault[] {
  if (url === undefined) return [];
  const { protocol, origin } = new URL(url);
  const faults: Fault[] = [];
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(url)))
    faults.push({ path: ['web', name], message: 'must begin with https://; only loopback may do without' });
  if (url.replace(/\/$/, '') !== origin)
    faults.push({ path: ['web', name], message: `must be a host alone, without a path: ${origin}` });
  return faults;
}
