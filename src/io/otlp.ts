/**
 * Spans and metrics by OTLP (http/protobuf), to wherever the standard OTEL_* variables say. The SDK is bundled apart and
 * loaded only by who has switched telemetry on. Nothing of it is global, and it never writes to the console.
 */

import { type Counter, type Histogram, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { METRICS, type MetricName, type Told } from '../core/figures/telemetry.ts'
import { VERSION } from '../version.ts'

export interface Otlp {
  /** @param origin ms to add to the told times for those since 1970 */
  record(told: Told, origin: number): void
  /** Sends what waits. Resolves when it has been taken or refused; never rejects. */
  flush(): Promise<void>
}

export interface OtlpOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** How long a collector may take, in ms, where OTEL_EXPORTER_OTLP_TIMEOUT does not say; absent: as the SDK has it. */
  readonly withinMs?: number
  /** What was not taken, and why: the system's code or an HTTP status. Called every time. */
  readonly onTrouble: (why: string) => void
}

/** How long spans are gathered, in ms, unless OTEL_BSP_SCHEDULE_DELAY says otherwise. */
const GATHER_MS = 5_000
/** How often metrics are sent while the program runs, in ms, unless OTEL_METRIC_EXPORT_INTERVAL says otherwise. */
const EVERY_MS = 60_000

export function openOtlp({ env, withinMs, onTrouble }: OtlpOptions): Otlp {
  const resource = resourceFromAttributes({ 'service.name': 'claude-tui', 'service.version': VERSION })
    // Of the process itself nothing is told: its arguments may hold a prompt.
    .merge(
      detectResources({
        detectors: [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
      }),
    )
  const limit = withinMs === undefined || env.OTEL_EXPORTER_OTLP_TIMEOUT ? {} : { timeoutMillis: withinMs }
  const spans = env.OTEL_TRACES_EXPORTER === 'none' ? null : heard(new OTLPTraceExporter(limit), onTrouble)
  const points = env.OTEL_METRICS_EXPORTER === 'none' ? null : heard(new OTLPMetricExporter(limit), onTrouble)
  const tracing = new TracerProvider({
    resource,
    spanProcessors: spans
      ? [
          new BatchSpanProcessor({
            exporter: spans,
            scheduledDelayMillis: positive(env.OTEL_BSP_SCHEDULE_DELAY) ?? GATHER_MS,
          }),
        ]
      : [],
  })
  const metering = new MeterProvider({
    resource,
    readers: points
      ? [
          new PeriodicExportingMetricReader({
            exporter: points,
            exportIntervalMillis: positive(env.OTEL_METRIC_EXPORT_INTERVAL) ?? EVERY_MS,
            ...timeoutIn(env),
          }),
        ]
      : [],
  })
  const tracer = tracing.getTracer('claude-tui', VERSION)
  const instruments = instrumentsOf(metering)

  return {
    record({ span, points }, origin) {
      for (const { metric, value, attributes } of points) {
        const one = instruments[metric]
        if ('add' in one) one.add(value, attributes as never)
        else one.record(value, attributes as never)
      }
      if (!span) return
      const { name, start, end, attributes, error } = span
      const told = tracer.startSpan(name, {
        ...{ kind: SpanKind.CLIENT, root: true },
        ...{ startTime: time(start + origin), attributes: attributes as never },
      })
      if (error !== null) told.setStatus({ code: SpanStatusCode.ERROR })
      told.end(time(end + origin))
    },
    async flush() {
      await Promise.allSettled([tracing.forceFlush(), metering.forceFlush()])
    },
  }
}

type Instruments = Readonly<Record<MetricName, Counter | Histogram>>

function instrumentsOf(metering: MeterProvider): Instruments {
  const meter = metering.getMeter('claude-tui', VERSION)
  return Object.fromEntries(
    Object.entries(METRICS).map(([name, metric]) => {
      const { unit, tells: description } = metric
      if (metric.kind === 'counter') return [name, meter.createCounter(name, { unit, description })]
      const advice = { explicitBucketBoundaries: [...metric.bounds] }
      return [name, meter.createHistogram(name, { unit, description, advice })]
    }),
  ) as unknown as Instruments
}

/** The same exporter; what it could not bring is told. */
function heard<E extends { export(batch: never, done: (result: { code: number; error?: Error }) => void): void }>(
  exporter: E,
  onTrouble: OtlpOptions['onTrouble'],
): E {
  const send = exporter.export.bind(exporter)
  exporter.export = (batch, done) =>
    send(batch, (result) => {
      if (result.code !== 0) onTrouble(reasonOf(result.error))
      done(result)
    })
  return exporter
}

/** No words of a server: a code, or a status. */
function reasonOf(error: (Error & { readonly code?: unknown }) | undefined): string {
  const code = error?.code
  if (typeof code === 'number') return `HTTP ${code}`
  if (typeof code === 'string' && /^[A-Z_\d]{1,40}$/.test(code)) return code
  const within = error instanceof AggregateError ? reasonOf(error.errors[0]) : 'no answer'
  return within
}

const positive = (text: string | undefined): number | null => {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 ? value : null
}

/** The reader wants a timeout no longer than its interval. */
function timeoutIn(env: OtlpOptions['env']) {
  const interval = positive(env.OTEL_METRIC_EXPORT_INTERVAL) ?? EVERY_MS
  return { exportTimeoutMillis: Math.min(positive(env.OTEL_METRIC_EXPORT_TIMEOUT) ?? 30_000, interval) }
}

/** Seconds and nanoseconds: a double has not enough digits for both. */
const time = (ms: number): [number, number] => {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
