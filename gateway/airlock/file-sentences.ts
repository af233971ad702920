// What is said of files in quarantine to who sends or fetches them: one clause each.

import type { FileBlockReason, FileHoldReason } from '../../policy/index.ts'
import type { FileVerdictFound } from '../store/file-transfers.ts'

export const pieceText = 'the gateway looks at the file'
export const givenUpText = 'the transfer is over already'
export const faultText = 'the gateway could not look at it: tell the plant'

const withoutVerdict = ({ why }: FileVerdictFound): string =>
  `there is no malware verdict on it${why === null ? '' : ` (${why})`}`

export function heldText(because: FileHoldReason, verdict: FileVerdictFound): string {
  return because === 'no-verdict'
    ? `it waits for a person of the plant to let it go: ${withoutVerdict(verdict)}`
    : 'it waits for a person of the plant to let it go'
}

export function blockedText(because: FileBlockReason, verdict: FileVerdictFound): string {
  switch (because) {
    case 'infected':
      return `the malware scanner found ${verdict.found ?? 'malware'} in it: it stays with the plant`
    case 'not-declared':
      return 'its SHA-256 was not declared when access was asked for, and here it has to be'
    case 'no-verdict':
      return `${withoutVerdict(verdict)}, and without one nothing crosses here`
    case 'nobody-may-release':
      return 'a person would have to let it go, and the rules name nobody who may'
    case 'too-many-waiting':
      return 'too many of your files wait for a person of the plant already: ask the plant to decide on those first'
    case 'too-large':
      return 'it is too large'
    case 'no-room':
      return 'the gateway has no room for it now: tell the plant, which can make room'
    case 'person':
      return 'the plant refused it'
    case 'unanswered':
      return 'nobody of the plant answered in time'
    case 'fault':
      return faultText
  }
}
