// What is told of the custody of evidence: what waits for a second person, what was put on hold, and that space runs out.

import type { Person, PersonId, Role } from '../../policy/index.ts'
import { assertNever } from '../errors.ts'
import { peopleOf } from './audience.ts'
import type { Look, Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'

const custodians: readonly Role[] = ['auditor', 'isms-manager']

/** Who could be the second person. */
async function othersThan(look: Look, by: PersonId): Promise<readonly Person[]> {
  return (await peopleOf(look, null, custodians)).filter(({ id }) => id !== by)
}

function told(
  people: readonly Person[],
  facts: Readonly<Record<string, unknown>>,
  subject: string,
  lines: readonly string[],
): Told {
  return { people, facts, asks: null, letter: () => ({ subject, lines, open: '/storage' }) }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

export const custodyNotices: NoticesOf<
  'evidence.held' | 'evidence.deletion_proposed' | 'evidence.erasure_proposed' | 'ledger.storage_threshold'
> = {
  async 'evidence.held'({ hold, target, by }, look) {
    return told(await othersThan(look, by), { hold, target }, 'know this: a legal hold was set on evidence', [
      'What it covers is neither deleted nor erased until another person than who set it releases it.',
    ])
  },

  async 'evidence.deletion_proposed'({ deletion, by, sessions, bytes }, look) {
    const stored = await look.tables.deletions.byId(deletion)
    if (stored?.state !== 'open') return null
    return told(
      await othersThan(look, by),
      { deletion, recordings: sessions.length, bytes },
      `decide on the deletion of ${sessions.length} recordings`,
      [
        'They are past their day, and nothing holds them. Nothing goes before a second person confirms it.',
        'Do nothing, and they stay.',
      ],
    )
  },

  async 'evidence.erasure_proposed'({ erasure, by, values }, look) {
    const stored = await look.tables.erasures.byId(erasure)
    if (stored?.state !== 'open') return null
    return told(
      await othersThan(look, by),
      { erasure, values },
      `decide on the erasure of ${values} values of personal data`,
      ['Nothing goes before a second person confirms it. Do nothing, and it stays.'],
    )
  },

  async 'ledger.storage_threshold'({ level, freeBytes, totalBytes, refusePercent }, look) {
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const facts = { level, freeBytes, totalBytes }
    const free = `${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} are free for recordings.`
    switch (level) {
      case 'enough':
        return told(people, facts, 'for your information: there is space for recordings again', [free])
      case 'low':
        return told(people, facts, 'make room: space for recordings runs out', [
          free,
          `Below ${refusePercent} percent no new session begins.`,
        ])
      case 'full':
        return told(people, facts, 'make room now: no new session begins', [
          free,
          'Sessions that run go on. Delete what is past its day, or give the disk more space.',
        ])
      default:
        return assertNever(level)
    }
  },
}
