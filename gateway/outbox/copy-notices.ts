// What is told of copies in the object store: one that was damaged, and a store that does not answer, so that recordings
// stay on the local disk.

import { peopleOf } from './audience.ts'
import { tame } from './letter.ts'
import type { NoticesOf } from './mapper.ts'

export const copyNotices: NoticesOf<'recording.copy_damaged' | 'recording.store_unreachable'> = {
  async 'recording.copy_damaged'({ session, file, where, found }, look) {
    const lines = [
      where === 'store'
        ? `\`${tame(file)}\` of session ${session} is not in the object store as it was put there: ${tame(found)}.`
        : `\`${tame(file)}\` of session ${session} is not on the gateway's disk as it was sealed: ${tame(found)}.`,
      'Nothing of it is given out, and nothing is copied over it. Who can write there should be asked.',
    ]
    const subject = `look at a recording that was changed ${where === 'store' ? 'in the object store' : 'on the disk'}`
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    return {
      people,
      facts: { session, where },
      asks: null,
      letter: () => ({ subject, lines, open: `/recordings/${session}` }),
    }
  },

  async 'recording.store_unreachable'({ since }, look) {
    const lines = [
      'Sealed recordings stay on the gateway\u2019s disk and are copied when it answers again. No session is held up by that.',
      '`sallyport doctor` asks it now and says what it answers.',
    ]
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const subject = 'look at the object store of recordings: it does not answer'
    return { people, facts: { since }, asks: null, letter: () => ({ subject, lines, open: '/storage' }) }
  },
}
