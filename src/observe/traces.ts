import { setTimeout as wait } from 'node:timers/promises';
import { type Context, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { JitError } from '../core/errors/errors.ts';
import type { CallAnswer, CallOutcome, CloudCall } from '../ports/meter.ts';
import type { SpanStart, Traces } from '../ports/traces.ts';

export interface TraceOptions {
  /** Of a collector, with its path: `https://collector.example.com:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly installation: string;
  readonly version: string;
}

/** Spans that wait at most; what comes when they are full is dropped. */
const MOST_WAITING = 4_096;
const EXPORT_MS = 10_000;
const EVERY_MS = 2_000;
/** What is sent when the program stops is sent within this, or not at all. */
const CLOSE_MS = 3_000;
/** Version, trace id, span id, flags ("Trace Context", W3C Recommendation, section 3.2). */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

/**
 * Sends spans by OTLP/HTTP. NB. Nothing is registered globally: libraries that trace by themselves would say what people wrote.
 */
export function traces({ url, headers, installation, version }: TraceOptions): Traces & { close(): Promise<void> } {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'drawbridge',
      'service.version': version,
      'service.namespace': installation,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MOST_WAITING,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('drawbridge', version);
  const running = new AsyncLocalStorageContextManager().enable();
  const spanHere = () => trace.getSpan(running.active());
  return {
    async span(name, start, work) {
      const parent = parentOf(start, running.active());
      if (!parent) return work();
      const links = (start.others ?? []).flatMap(linkTo);
      const span = tracer.startSpan(name, { attributes: { ...start.facts }, links }, parent);
      try {
        return await running.with(trace.setSpan(parent, span), work);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', nameOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
    current: () => {
      const span = spanHere();
      return span && parentText(span);
    },
    called(call) {
      if (!spanHere()) return () => {};
      const span = tracer.startSpan(
        'cloud call',
        { kind: SpanKind.CLIENT, attributes: factsOf(call) },
        running.active(),
      );
      return (outcome, answer) => end(span, outcome, answer);
    },
    close: () => Promise.race([provider.shutdown().catch(() => undefined), wait(CLOSE_MS, undefined, { ref: false })]),
  };
}

/** Under what a span begins; undefined where it is not to be traced. */
function parentOf({ isFirst, from }: SpanStart, here: Context): Context | undefined {
  const remote = from === undefined ? undefined : contextOf(from);
  if (remote) return trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
  return isFirst || trace.getSpan(here) ? here : undefined;
}

function contextOf(traceparent: string) {
  const [, traceId, spanId, flags = '00'] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED };
}

function linkTo(traceparent: string): readonly Link[] {
  const context = contextOf(traceparent);
  return context ? [{ context }] : [];
}

function parentText(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function factsOf({ cloud, account, operation, isChange = false }: CloudCall) {
  return {
    'cloud.provider': cloud,
    'cloud.account.id': account,
    'rpc.method': operation,
    'drawbridge.change': isChange,
  };
}

function end(span: Span, outcome: CallOutcome, { status, id }: CallAnswer = {}): void {
  span.setAttribute('drawbridge.outcome', outcome);
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  if (id !== undefined) span.setAttribute('drawbridge.cloud_call', id);
  if (outcome !== 'done') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Its code alone: what errors say may be anything. */
function nameOf(error: unknown): string {
  if (error instanceof JitError) return error.code;
  return error instanceof Error && error.name === 'AbortError' ? 'aborted' : 'bug';
}
