// What a verifier says: one finding for each thing that was looked at, and a report over all, for people and programs.

import { type AbsentRecording, sayAbsent } from './absent.ts'
import type { DeletedRecording } from './deleted.ts'
import { quote } from './errors.ts'
import type { ExportExtent, ExportScope } from './export-header.ts'
import type { SealStatus } from './seal.ts'

export interface Finding {
  /** Path or place inside what was verified. */
  readonly where: string
  readonly holds: boolean
  /** What holds, or what does not and what was expected. Strangers' text in it is quoted. */
  readonly what: string
}

export interface RecordingSummary {
  readonly session: string
  readonly holds: boolean
  /** Null where there is no readable seal. */
  readonly status: SealStatus | null
  /** The token in the seal. */
  readonly reason: string | null
  readonly channels: number
  readonly frames: number
  /** Whether the content was decrypted and looked at, too. */
  readonly decrypted: boolean
}

/** Plain data: JSON.stringify gives the machine-readable form. */
export interface Report {
  readonly format: 'sallyport-report/v1'
  readonly holds: boolean
  /** Null where the header could not be read. */
  readonly header: {
    readonly origin: string
    readonly createdAt: number
    readonly purpose: string
    readonly scope: ExportScope
    /** Of an export that was narrowed: to what, and what was left out. */
    readonly extent?: ExportExtent
  } | null
  readonly ledger: { readonly size: number; readonly root: string } | null
  readonly recordings: readonly RecordingSummary[]
  /** Recordings that the ledger says were deleted. */
  readonly deleted: readonly DeletedRecording[]
  /** Recordings that the ledger names and that are not here. */
  readonly absent: readonly AbsentRecording[]
  readonly findings: readonly Finding[]
}

/** Collects findings; of faults of one kind in one place only the first are spelt out. */
export class Findings {
  readonly #list: Finding[] = []
  readonly #faults = new Map<string, number>()
  static readonly #most = 20

  get list(): readonly Finding[] {
    return this.#list
  }

  /** Whether nothing that does not hold was found at places beginning so. */
  hold(place: string): boolean {
    return this.#list.every((finding) => finding.holds || !finding.where.startsWith(place))
  }

  good(where: string, what: string): void {
    this.#list.push({ where, holds: true, what })
  }

  bad(where: string, what: string): void {
    const faults = (this.#faults.get(where) ?? 0) + 1
    this.#faults.set(where, faults)
    if (faults <= Findings.#most) this.#list.push({ where, holds: false, what })
    else if (faults === Findings.#most + 1) this.#list.push({ where, holds: false, what: 'and more of the like' })
  }

  check(holds: boolean, where: string, good: string, bad: string): void {
    if (holds) this.good(where, good)
    else this.bad(where, bad)
  }
}

/** So many absent recordings are named one by one for a person. */
const mostAbsent = 20

/** The report as lines for a person. */
export function formatReport(report: Report): string[] {
  const lines: string[] = []
  if (report.header !== null) {
    const { origin, createdAt, purpose, scope } = report.header
    lines.push(`export of ${quote(origin)}, made ${instant(createdAt)}, for ${quoteLong(purpose)}`)
    lines.push(`scope version ${quote(scope.version)}: ${quoteLong(scope.covered)}`)
    lines.push(scope.notCovered.length === 0 ? 'not covered: nothing was excluded' : 'not covered:')
    for (const item of scope.notCovered) lines.push(`  - ${quoteLong(item)}`)
    if (report.header.extent !== undefined) lines.push(...extentLines(report.header.extent))
  }
  for (const { where, holds, what } of report.findings) lines.push(`${holds ? 'holds' : 'FAILS'}  ${where}: ${what}`)
  for (const recording of report.recordings) {
    const { session, holds, status, reason, channels, frames, decrypted } = recording
    const state = status === null ? 'no readable seal' : `${status} (${reason ?? ''})`
    const content = decrypted ? '' : ', content not decrypted: no key in the export'
    lines.push(
      `${holds ? 'holds' : 'FAILS'}  recording ${session}: ${state}, ${channels} channels, ${frames} frames${content}`,
    )
  }
  for (const absent of report.absent.slice(0, mostAbsent)) lines.push(sayAbsent(absent))
  if (report.absent.length > mostAbsent)
    lines.push(`and ${report.absent.length - mostAbsent} more recordings that are not here`)
  const faults = report.findings.filter((finding) => !finding.holds).length
  lines.push(
    report.holds ? 'VERIFIED: everything holds' : `NOT VERIFIED: ${faults} of ${report.findings.length} findings fail`,
  )
  return lines
}

function extentLines({ agreement, entries, leftOut, plants }: ExportExtent): string[] {
  return [
    ...(plants === null ? [] : [`narrowed to plants ${plants.map(quoteLong).join(', ')}`]),
    ...(agreement === null
      ? []
      : [
          `narrowed to agreement ${quoteLong(agreement.id)} with ${quoteLong(agreement.customer)} (${quoteLong(agreement.reference)}), until ${quoteLong(agreement.until)}`,
        ]),
    ...(entries === 'excerpt' ? ['the ledger is an excerpt: single entries, each with its proof'] : []),
    ...leftOut.map(({ why, count }) => `left out: ${count}, ${quoteLong(why)}`),
  ]
}

/** A time for people. What is no date is said as the number it is: entries may hold any. */
export function instant(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}

/** Whole texts of the header: printable in any language, but nothing that acts on a terminal. */
function quoteLong(text: string): string {
  return `\`${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}\``
}
