// The table the bench prints: one row a figure, the double hop beside the gateway, and the ratio of the two.

import { perSecondText, rateText, ratioText, secondsText, sizeText, timeText } from './figures.ts'
import { routeNames, type RouteName } from './routes.ts'

export interface Row {
  /** What was measured, with its statistic. */
  readonly what: string
  /** Plain `ssh -> sshd`, where that says something. */
  readonly direct: number | null
  /** `ssh -J`: a host in between that forwards and reads nothing. */
  readonly jump: number | null
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
  seconds: secondsText,
  'a second': perSecondText,
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

/** A row of what was measured on every route, or on some of them. */
export function rowOf(
  what: string,
  unit: Unit,
  better: Row['better'],
  value: (route: RouteName) => number | null,
): Row {
  const [direct, jump, doubleHop, gateway] = routeNames.map(value)
  return {
    what,
    direct: direct ?? null,
    jump: jump ?? null,
    doubleHop: doubleHop ?? null,
    gateway: gateway ?? 0,
    better,
    unit,
  }
}

const heads = ['measured', 'direct', '`ssh -J`', 'double hop', 'gateway', 'ratio', 'better is']

/** The table as docs/performance.md has it, in Markdown. */
export function reportText(findings: readonly Finding[]): string {
  const cell = (row: Row, value: number | null): string => (value === null ? '' : units[row.unit](value))
  const rows = findings
    .flatMap((finding) => finding.rows)
    .map((row) => {
      const ratio = ratioOf(row)
      return [
        row.what,
        cell(row, row.direct),
        cell(row, row.jump),
        cell(row, row.doubleHop),
        cell(row, row.gateway),
        ratio === null ? '' : `**${ratioText(ratio)}**`,
        row.better,
      ]
    })
  const lines = [heads, ['---', '---:', '---:', '---:', '---:', '---:', '---'], ...rows].map(
    (cells) => `|${cells.map((text) => (text === '' ? ' ' : ` ${text} `)).join('|')}|`,
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
    finding.rows.map(({ what, direct, jump, doubleHop, gateway, better, unit }) => {
      const ratio = ratioOf({ doubleHop, gateway })
      return { what, unit, direct, jump, doubleHop, gateway, ratio, better }
    }),
  )
  const notes = findings.flatMap((finding) => finding.notes)
  const faults = findings.flatMap((finding) => finding.faults)
  const samples = findings.map((finding) => finding.samples)
  return JSON.stringify({ machine, rows, notes, faults, samples, ...parts }, null, 2)
}
