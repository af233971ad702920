// What an approval binds to: the request as asked and the terms as they are, as one digest in a canonical form.

import { digestOf } from './digest.ts'
import type { AccessRequest, FileTerms, Schedule, Terms } from './model.ts'

/** A list as texts: how many there are, and each. */
const listed = (texts: readonly string[]): readonly string[] => [String(texts.length), ...texts]

function scheduleTexts(schedule: Schedule): readonly string[] {
  switch (schedule.kind) {
    case 'whole':
      return [schedule.kind]
    case 'from-approval':
    case 'from-first-use':
      return [schedule.kind, String(schedule.minutes)]
    case 'recurring': {
      const { days, from, until } = schedule.recurrence
      return [schedule.kind, ...listed(days), from, until, schedule.timeZone]
    }
  }
}

/** Nothing where none is asked for: a request without files has the digest it always had. */
function transferTexts(word: string, transfer: FileTerms | undefined): readonly string[] {
  return transfer === undefined ? [] : [word, ...listed(transfer.allow), ...listed(transfer.paths)]
}

/**
 * SHA-256 (hex) over the request as asked and its terms, in a fixed order and with lengths. The state is not part of it,
 * nor are the approvals: it changes with the terms, and with nothing else.
 */
export function requestDigest(
  request: Pick<AccessRequest, 'id' | 'set' | 'by' | 'askedBy' | 'ask' | 'submittedAt'> & { readonly terms: Terms },
): string {
  const { id, set, by, askedBy, ask, submittedAt, terms } = request
  return digestOf([
    'sallyport.request.v2',
    id,
    set ?? '',
    by,
    ask.asset,
    ask.protocol,
    ask.operationClass,
    String(ask.window.from),
    String(ask.window.until),
    ...scheduleTexts(ask.schedule),
    ask.tier,
    ...listed(ask.criteria),
    ask.purpose,
    ask.ticket,
    ask.rollback,
    ...listed(ask.files.flatMap(({ name, sha256 }) => [name, sha256])),
    String(submittedAt),
    'terms',
    String(terms.window.from),
    String(terms.window.until),
    terms.operationClass,
    terms.escort ? 'escort' : 'no escort',
    terms.conditions,
    ...(askedBy === undefined ? [] : ['asked by', askedBy]),
    ...transferTexts('files asked', ask.transfer),
    ...transferTexts('files', terms.transfer),
  ])
}
