// The table the bench prints: one row a figure, the double hop beside the gateway, and the ratio of the two.

import { tableLines } from '../../gateway/cli/table.ts'
import { rateText, ratioText, sizeText, timeText } from './figures.ts'

export interface Row {
  /** What was measured, with its statistic. */
  readonly what: string
  /** Plain `ssh -> sshd`, where that says something. */
  readonly direct: number | null
  readonly doubleHop: number | null
  readonly gateway: number
  /** Whether more is better (throughput) or less (time, memory). */
  readonly better: 'more' | 'less'
  /** What the numbers count. */
  readonly unit: Unit
}

export const units = {
  'bytes a second': rateText,
  bytes: sizeText,
  milliseconds: timeText,
  transfers: String,
} as const
export type Unit = keyof typeof units

/** What a line of the bench found. */
export interface Finding {
  readonly rows: readonly Row[]
  /** Sentences a reader of the figures must know. */
  readonly notes: readonly string[]
  /** Bytes that did not arrive as they were sent, or another reason why the run must not count. */
  readonly faults: readonly string[]
  /** Every sample, for --json. */
  readonly samples: unknown
}

/** Gateway over double hop; null where there is no sense in it, as for a difference that came out below nothing. */
export function ratioOf({ doubleHop, gateway }: Pick<Row, 'doubleHop' | 'gateway'>): number | null {
  return doubleHop === null || doubleHop <= 0 || gateway <= 0 ? null : gateway / doubleHop
}

export function reportText(findings: readonly Finding[]): string {
  const rows = findings.flatMap((finding) => finding.rows)
  const cell = (row: Row, value: number | null): string => (value === null ? '-' : units[row.unit](value))
  const lines = tableLines(
    ['measured', 'direct', 'double hop', 'gateway', 'ratio', 'better is'],
    rows.map((row) => {
      const ratio = ratioOf(row)
      return [
        row.what,
        cell(row, row.direct),
        cell(row, row.doubleHop),
        cell(row, row.gateway),
        ratio === null ? '-' : ratioText(ratio),
        row.better,
      ]
    }),
  )
  const notes = findings.flatMap((finding) => finding.notes)
  const faults = findings.flatMap((finding) => finding.faults)
  return [...lines, '', ...notes.map((note) => `- ${note}`), ...faults.map((fault) => `FAULT: ${fault}`)].join('\n')
}

export function reportJson(
  machine: readonly string[],
  findings: readonly Finding[],
  parts: Readonly<Record<string, unknown>>,
): string {
  const rows = findings.flatMap((finding) =>
    finding.rows.map(({ what, direct, doubleHop, gateway, better, unit }) => {
      const ratio = ratioOf({ doubleHop, gateway })
      return { what, unit, direct, doubleHop, gateway, ratio, better }
    }),
  )
  const notes = findings.flatMap((finding) => finding.notes)
  const faults = findings.flatMap((finding) => finding.faults)
  const samples = findings.map((finding) => finding.samples)
  return JSON.stringify({ machine, rows, notes, faults, samples, ...parts }, null, 2)
}
