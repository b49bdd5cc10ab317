import ipaddr from 'ipaddr.js';

/** Is the URL's host 127.0.0.0/8, ::1 or localhost, or a Unix socket? Anything unreadable is not. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, protocol } = new URL(url);
  if (protocol === 'unix:') return true;
  return isLoopbackHost(hostname.replace(/^\[|\]$/g, ''));
}

/** The same of a bare name or address: `localhost`, `127.0.0.1`, `::1`. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback';
}
