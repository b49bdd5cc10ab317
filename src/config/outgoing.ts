import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { badConfig } from '../core/errors/bad-config.ts';
import { twoReadings } from '../core/rule/source.ts';
import { file, sourceFault } from './fields.ts';

/** A host as a URL has it: in lower case, with the port where it is not the usual one. */
const host = z
  .string()
  .refine(
    (text) => URL.canParse(`https://${text}/`) && new URL(`https://${text}/`).host === text && !text.includes('*'),
    'must be a host such as calendar.example.com, or calendar.example.com:8443',
  );

/** Any prefix, loopback too: these are where we call, not where people come from. */
const prefix = z.string().transform((text, context) => {
  if (twoReadings(text)) {
    context.addIssue({ code: 'custom', message: sourceFault(text) ?? '' });
    return z.NEVER;
  }
  if (ipaddr.isValidCIDR(text)) return text;
  if (ipaddr.isValid(text)) return `${text}/${ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128}`;
  context.addIssue({ code: 'custom', message: 'must be an IP address or CIDR prefix such as 10.1.2.0/24' });
  return z.NEVER;
});

/** What Drawbridge calls besides chats, clouds, and directories. */
export const outgoing = z
  .strictObject({
    hosts: z
      .array(host)
      .default([])
      .describe(
        'Hosts that may be called where a secret holds the URL, such as the address of a calendar; with the port where it is not 443. A URL that stands in this file itself need not be listed.',
      ),
    private: z
      .array(prefix)
      .default([])
      .describe(
        'Addresses and prefixes that may be called although they are not public, such as 10.1.2.0/24. Link-local addresses, where clouds give out credentials, are never called.',
      ),
    caFile: file.optional().describe('File with an additional certificate authority to trust for these calls.'),
  })
  .prefault({});

/** The rules of calls to hosts that the file names: `urls` stand in the file itself. `badConfig` when the authority cannot be read. */
export function outgoingRules(
  { hosts, private: addresses, caFile }: z.output<typeof outgoing>,
  urls: readonly string[] = [],
) {
  const named = urls.map((url) => new URL(url).host);
  return { hosts: [...hosts, ...named], addresses, ...(caFile === undefined ? {} : { ca: caOf(caFile) }) };
}

function caOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw badConfig([`outgoing.caFile cannot be read: ${path}`], cause);
  }
}
