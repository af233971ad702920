// What is told of evidence that is in trouble: a slow disk, a recording that is not what was sealed or not there, what is
// not brought out of the gateway for hours, and a store that somebody wrote in.

import type { DeliveryKind } from '../../policy/index.ts'
import { peopleOf } from './audience.ts'
import { tame } from './letter.ts'
import type { NoticesOf } from './mapper.ts'

const named: Readonly<Record<DeliveryKind, string>> = {
  'checkpoint-copy': 'the copy of the newest checkpoint',
  publication: 'the published ledger',
  cosignature: 'cosignatures of a witness',
  timestamp: 'timestamps',
  'recording-copy': 'copies of recordings',
  messages: 'messages',
}

export const setbackNotices: NoticesOf<
  | 'recording.disk_slow'
  | 'auth.revocations_unreadable'
  | 'recording.found_corrupt'
  | 'evidence.delivery_failing'
  | 'evidence.retention_checked'
  | 'ledger.rewrite_found'
> = {
  async 'recording.disk_slow'({ since, longestMs, sessions }, look) {
    const lines = [
      `A write or sync took ${(longestMs / 1_000).toFixed(1)} s, and ${sessions} sessions wait with it.`,
      'What crosses is recorded first, so nothing is lost; people see sessions that stand still.',
    ]
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const subject = 'look at the disk of recordings: it is slow, and sessions wait for it'
    return {
      people,
      facts: { since, longestMs, sessions },
      asks: null,
      letter: () => ({ subject, lines, open: '/storage' }),
    }
  },

  async 'auth.revocations_unreadable'(_data, look) {
    const lines = [
      'While it cannot be read nobody knows which keys are revoked, so nobody logs in over SSH with a key or a certificate.',
      'Passwords work, and sessions that run go on. The gateway looks at each login whether the file can be read again.',
    ]
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const subject = 'put the list of revoked keys right: it cannot be read'
    return { people, facts: {}, asks: null, letter: () => ({ subject, lines, open: '/evidence' }) }
  },

  async 'recording.found_corrupt'({ session, by, where, what }, look) {
    const isSealed = by !== 'sealing'
    const lines = [
      `${tame(where)}: ${tame(what)}.`,
      isSealed
        ? 'It is kept as it is. A backup or the object store may hold it whole; who can write there should be asked.'
        : 'It is kept as it is. The process that wrote it may have been taken over by whom it carried: that session should be looked at.',
    ]
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    const subject = isSealed
      ? 'look at a recording that is not what was sealed'
      : 'look at a session whose recording cannot be sealed'
    const open = `/recordings/${session}`
    return { people, facts: { session, by }, asks: null, letter: () => ({ subject, lines, open }) }
  },

  async 'evidence.delivery_failing'({ what, to, since, hours }, look) {
    const lines = [
      `${to}: it has failed for more than ${hours} ${hours === 1 ? 'hour' : 'hours'}, and is tried again by itself. The log says why.`,
      'The ledger and the recordings on the gateway are whole; what lies outside of it is old.',
    ]
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const subject = `look at what cannot be brought out of the gateway: ${named[what]}`
    return { people, facts: { what, to, since }, asks: null, letter: () => ({ subject, lines, open: '/evidence' }) }
  },

  async 'evidence.retention_checked'({ missing, names }, look) {
    if (missing === 0) return null
    const lines = [
      ...names.map((session) => `Session ${session}`),
      'No deletion says so: somebody took them away, or a restore lacks them. A backup may hold them.',
    ]
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    const subject = `look for ${missing} ${missing === 1 ? 'recording that has' : 'recordings that have'} to be kept and ${missing === 1 ? 'is' : 'are'} not there`
    return { people, facts: { missing, names }, asks: null, letter: () => ({ subject, lines, open: '/storage' }) }
  },

  async 'ledger.rewrite_found'({ size }, look) {
    const lines = [
      `The first ${size} entries in the store are not those that were signed. No checkpoint is signed any more.`,
      'Stop the gateway, keep the data folder aside, and restore the backup.',
    ]
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    const subject = 'act now: somebody wrote in the evidence store'
    return { people, facts: { size }, asks: null, letter: () => ({ subject, lines, open: '/evidence' }) }
  },
}
