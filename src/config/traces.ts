import { z } from 'zod';
import { secret } from './fields.ts';

/** Where spans are sent. */
export const traces = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must be a URL such as https://collector.example.com:4318/v1/traces' })
      .describe('Collector, with its path: `https://….example.com:4318/v1/traces`.'),
    headers: z
      .record(z.string().regex(/^[\w-]+$/, 'must be the name of a header'), secret)
      .default({})
      .describe('Headers with secrets, such as `authorization`.'),
  })
  .describe('Send OpenTelemetry traces, best effort: one from a click through the queue to the calls of a cloud.');
