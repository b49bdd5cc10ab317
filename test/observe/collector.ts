import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.union([z.number().int(), z.string().regex(/^-?\d+$/)]) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const id = (bytes: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${2 * bytes}}$`));
const count = z.number().int().nonnegative();
const nanoseconds = z.string().regex(/^\d{15,20}$/);

/** ExportTraceServiceRequest, as OTLP 1.x has it in JSON: ids in hex, enums as numbers (OpenTelemetry protocol, "JSON Protobuf Encoding"). */
const request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes, droppedAttributesCount: count.optional() }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(
            z.strictObject({
              traceId: id(16),
              spanId: id(8),
              parentSpanId: id(8).optional(),
              traceState: z.string().optional(),
              name: z.string().min(1),
              kind: z.number().int().min(1).max(5),
              startTimeUnixNano: nanoseconds,
              endTimeUnixNano: nanoseconds,
              attributes,
              droppedAttributesCount: count,
              events: z.array(z.never()),
              droppedEventsCount: count,
              status: z.strictObject({ code: z.number().int().min(0).max(2) }),
              links: z.array(
                z.strictObject({
                  ...{ traceId: id(16), spanId: id(8), attributes, droppedAttributesCount: count },
                  flags: count.optional(),
                }),
              ),
              droppedLinksCount: count,
              flags: count.optional(),
            }),
          ),
          schemaUrl: z.string().optional(),
        }),
      ),
      schemaUrl: z.string().optional(),
    }),
  ),
});

export interface SpanSeen {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
}

/** A collector on loopback that takes what the protocol has, and nothing else. */
export async function startCollector() {
  const spans: SpanSeen[] = [];
  const bodies: string[] = [];
  const faults: string[] = [];
  const server = createServer(async (asked, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    bodies.push(`${JSON.stringify(asked.headers)} ${text}`);
    const isRight =
      asked.method === 'POST' && asked.url === '/v1/traces' && asked.headers['content-type'] === 'application/json';
    const read = isRight ? request.safeParse(JSON.parse(text)) : undefined;
    if (!read?.success) {
      faults.push(`${asked.method} ${asked.url} ${asked.headers['content-type']} ${read?.error?.message}`);
      answer.writeHead(400, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    for (const { scopeSpans } of read.data.resourceSpans)
      for (const { traceId, spanId, parentSpanId, name, attributes: given, links } of scopeSpans.flatMap(
        (one) => one.spans,
      ))
        spans.push({
          trace: traceId,
          id: spanId,
          parent: parentSpanId,
          name,
          facts: Object.fromEntries(given.map((one) => [one.key, Object.values(one.value)[0]])),
          links: links.map((link) => link.traceId),
        });
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    /** Headers and bodies as they came. */
    bodies,
    /** What was not by the protocol. */
    faults,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
