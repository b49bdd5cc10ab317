import type { OutgoingAnswer } from '../ports/outgoing.ts';

/**
 * Why an answer to a post is none that took it, in words that follow the name of the host; undefined where it did. 200 to 299 is a yes
 * (Standard Webhooks), but for a page: a proxy that wants a sign-in, or a host that is another one, answers everything with 200.
 */
export function untaken({ status, headers }: OutgoingAnswer): string | undefined {
  if (status < 200 || status > 299) return `answers ${status}`;
  return /^\s*text\/html\b/i.test(String(headers['content-type'] ?? '')) ? 'answers with a page' : undefined;
}
