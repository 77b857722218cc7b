/** What can be said about a row of measurements, and how figures are judged. Measures nothing itself. */

/** One line of the report. */
export interface Figure {
  readonly name: string
  /** In `unit`; a ratio has no unit. */
  readonly measured: number
  readonly unit: 'ms' | 's' | 'MB' | 'x' | ''
  /** The most that is good enough, in the same unit; null: told for comparison only. */
  readonly target: number | null
  /** What the figure is made of, for the reader. */
  readonly detail: string
}

/** Milliseconds of the machine's monotonic clock: the same one in every process. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Carries a `performance.now()` of this process over to the clock above. */
export function fromPerformance(at: number): number {
  return at + PERFORMANCE_ZERO
}

// Both clocks tick alike. A pause between the two readings makes the difference smaller: the largest one is right.
const PERFORMANCE_ZERO = Math.max(...Array.from({ length: 20 }, () => monotonicMs() - performance.now()))

/**
 * The value below which a share of the samples lies, between neighbours in proportion (type 7 of Hyndman and Fan, 1996).
 * @param share from 0 to 1
 * @throws RangeError without samples
 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  if (sorted.length === 0) throw new RangeError('A quantile needs at least one sample, but there are none.')
  const place = (sorted.length - 1) * share
  const low = Math.floor(place)
  const below = sorted[low] as number
  const above = sorted[Math.ceil(place)] as number
  return below + (above - below) * (place - low)
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** `12.3 / 15.0 ms of 10`: median, 95th percentile, and how many. */
export function summary(samples: readonly number[]): string {
  return `${median(samples).toFixed(1)} / ${quantile(samples, 0.95).toFixed(1)} ms of ${samples.length}`
}

/** A figure that compares medians: ours to theirs. */
export function ratioFigure(name: string, ours: readonly number[], theirs: readonly number[], target: number): Figure {
  const detail = `ours ${summary(ours)}, floor ${summary(theirs)}`
  return { name, measured: median(ours) / median(theirs), unit: 'x', target, detail }
}

/** A figure that is a median of times. */
export function medianFigure(name: string, samples: readonly number[], target: number | null, more = ''): Figure {
  return { name, measured: median(samples), unit: 'ms', target, detail: summary(samples) + more }
}

/** Two figures, median and 95th percentile, of the same times. */
export function latencyFigures(
  name: string,
  samples: readonly number[],
  targets: readonly [medianMs: number, p95Ms: number],
  more = '',
): Figure[] {
  return [
    {
      name: `${name}, median`,
      measured: median(samples),
      unit: 'ms',
      target: targets[0],
      detail: summary(samples) + more,
    },
    { name: `${name}, p95`, measured: quantile(samples, 0.95), unit: 'ms', target: targets[1], detail: '' },
  ]
}

/** A figure that is an amount of something. */
export function amountFigure(
  name: string,
  measured: number,
  unit: 's' | 'MB' | 'x' | 'ms',
  target: number | null,
  detail = '',
): Figure {
  return { name, measured, unit, target, detail }
}

/** A figure that is a count. */
export function countFigure(name: string, measured: number, target: number | null, detail = ''): Figure {
  return { name, measured, unit: '', target, detail }
}

export function isGood({ measured, target }: Figure): boolean {
  return target === null || measured <= target
}

/**
 * Runs each subject once per round, round after round, so that a busy minute of the machine falls on all of them.
 * @returns the samples by subject, in the order of the subjects
 */
export async function interleaved<Subject, Sample>(
  rounds: number,
  subjects: readonly Subject[],
  measure: (subject: Subject, round: number) => Promise<Sample>,
): Promise<Sample[][]> {
  const samples: Sample[][] = subjects.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, subject] of subjects.entries()) samples[i]?.push(await measure(subject, round))
  }
  return samples
}

/** The figures as a table: name, measured, target, ok or SHORT, and what they are made of. */
export function report(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    amount(figure.measured, figure.unit),
    figure.target === null ? '-' : `<= ${amount(figure.target, figure.unit)}`,
    figure.target === null ? '' : isGood(figure) ? 'ok' : 'SHORT',
    figure.detail,
  ])
  const all = [['figure', 'measured', 'target', '', 'median / p95'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function amount(value: number, unit: Figure['unit']): string {
  if (unit === 'ms') return `${value.toFixed(1)} ms`
  if (unit === 's') return `${value.toFixed(2)} s`
  if (unit === 'MB') return `${value.toFixed(0)} MB`
  return unit === 'x' ? `${value.toFixed(2)}x` : String(value)
}
