// What a scanner's answer is worth: clean, infected, or nothing, which is never taken for clean. An answer by old
// signatures is nothing, and so is one of a file that the scanner does not look at whole.

import type { FileVerdictFound } from '../store/file-transfers.ts'
import type { Clock } from '../clock.ts'
import type { Clamd } from './clamd.ts'

export interface Scanner {
  /** @param size bytes of the content. */
  judge(size: number, content: () => AsyncIterable<Uint8Array>): Promise<FileVerdictFound>
}

/** What clamd says of itself. */
export interface ClamdVersion {
  /** `ClamAV 1.4.6/27500`. */
  readonly engine: string
  /** When its signatures were made; null where it does not say. */
  readonly signaturesAt: number | null
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const hourMs = 3_600_000
/** A signature date that is further ahead than this says nothing. */
const aheadMs = 24 * hourMs

/** `ClamAV 1.4.6/27500/Sat Nov 21 09:00:00 2026`: program, number of the daily signatures and their date, as ctime(3). */
export function parseVersion(text: string): ClamdVersion {
  const [program = '', number, date = ''] = text.split('/')
  const engine = [program, ...(number === undefined ? [] : [number])].join('/').slice(0, 80)
  const found = /^\w{3} (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(date.trim())
  if (found === null) return { engine, signaturesAt: null }
  const [, month = '', day, hour, minute, second, year] = found
  const at = Date.UTC(Number(year), months.indexOf(month), Number(day), Number(hour), Number(minute), Number(second))
  return { engine, signaturesAt: months.includes(month) && at > 0 ? at : null }
}

const nothing = (why: string, known: Pick<FileVerdictFound, 'engine' | 'signaturesAt'>): FileVerdictFound => ({
  ...known,
  verdict: 'none',
  found: null,
  why,
})

const unknown = { engine: null, signaturesAt: null } as const

/** Where no scanner is configured. */
export const noScanner: Scanner = {
  judge: () => Promise.resolve(nothing('no malware scanner is configured', unknown)),
}

export function openScanner(deps: {
  readonly clamd: Clamd
  readonly clock: Pick<Clock, 'now'>
  /** Signatures that are older count as none. */
  readonly signaturesHours: number
  /** Bytes that the scanner looks at whole: its MaxFileSize. */
  readonly mostBytes: number
  /** Hears how each use went; null: well. */
  readonly told: (problem: string | null) => void
}): Scanner {
  const { clamd, clock, signaturesHours, mostBytes, told } = deps

  async function ask(size: number, content: () => AsyncIterable<Uint8Array>): Promise<FileVerdictFound> {
    const asked = await clamd.version()
    if (asked.kind === 'unavailable') return nothing(`the malware scanner does not work: ${asked.text}`, unknown)
    const version = parseVersion(asked.text)
    const fault = faultOf(version)
    if (fault !== null) return nothing(fault, version)
    if (size > mostBytes) return nothing(`it is larger than the ${mostBytes} bytes the scanner looks at whole`, version)
    const answer = await clamd.scan(content())
    if (answer.kind === 'unavailable') return nothing(`the malware scanner does not work: ${answer.text}`, version)
    return verdictOf(answer.text, version)
  }

  function faultOf({ signaturesAt }: ClamdVersion): string | null {
    if (signaturesAt === null) return 'the malware scanner does not say how old its signatures are'
    const age = clock.now() - signaturesAt
    if (age > signaturesHours * hourMs)
      return `the signatures of the malware scanner are older than ${signaturesHours} hours`
    return age < -aheadMs ? 'the signatures of the malware scanner are dated in the future' : null
  }

  return {
    async judge(size, content) {
      const verdict = await ask(size, content)
      // That a file is too large is no fault of the scanner's.
      told(verdict.verdict === 'none' && size <= mostBytes ? verdict.why : null)
      return verdict
    },
  }
}

/** `stream: OK`, `stream: Name FOUND`, `INSTREAM size limit exceeded. ERROR`. Nothing else is an answer. */
function verdictOf(text: string, known: ClamdVersion): FileVerdictFound {
  if (text === 'stream: OK') return { ...known, verdict: 'clean', found: null, why: null }
  const name = /^stream: (.+) FOUND$/.exec(text)?.[1]
  if (name?.startsWith('Heuristics.Limits.Exceeded') === true)
    return nothing('it is beyond what the scanner looks at whole', known)
  if (name !== undefined) return { ...known, verdict: 'infected', found: name.slice(0, 200), why: null }
  if (text.startsWith('INSTREAM size limit exceeded'))
    return nothing('it is larger than what the scanner takes (StreamMaxLength)', known)
  return nothing('the malware scanner gave no verdict', known)
}
