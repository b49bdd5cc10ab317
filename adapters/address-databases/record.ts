import { z } from 'zod';
import { tidy } from '../../src/core/language/text.ts';
import type { Published } from '../../src/core/request/whose.ts';

/** Names of networks are up to this long; the longest are lists of companies. */
const LONGEST_NAME = 60;

const text = z.string().catch('');

/** GeoLite2 ASN and Country and DB-IP name their fields so; below them, as IPinfo does. What is of another shape says nothing. */
const record = z.looseObject({
  autonomous_system_organization: text.optional(),
  autonomous_system_number: z.number().int().positive().optional().catch(undefined),
  country: z.union([z.looseObject({ iso_code: text.optional() }), text]).optional(),
  as_name: text.optional(),
  asn: text.optional(),
  country_code: text.optional(),
});

/** What a record of a database says of a network: its operator, its number, and its country in two letters (ISO 3166-1). */
export function publishedIn(found: unknown): Published {
  const { data } = record.safeParse(found ?? {});
  if (!data) return {};
  const network = tidy(data.autonomous_system_organization ?? data.as_name ?? '', LONGEST_NAME);
  const asn = data.autonomous_system_number ?? Number(/^AS(\d{1,10})$/i.exec(data.asn ?? '')?.[1] ?? 0);
  const country = typeof data.country === 'object' ? data.country.iso_code : (data.country_code ?? data.country);
  return {
    ...(network === '' ? {} : { network }),
    ...(asn > 0 ? { asn } : {}),
    ...(/^[A-Z]{2}$/.test(country ?? '') ? { country: country as string } : {}),
  };
}
