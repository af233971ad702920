// What is told of host keys that wait for a person: a target shows a key nobody has seen before, and somebody has proposed
// one that another has to accept. A key that was seen already is told no second time: who connects again is no news.

import { accepters, proposers } from '../access/host-keys.ts'
import { peopleOf } from './audience.ts'
import { assetName, nameOf, plantName, refOf } from './look.ts'
import type { NoticesOf } from './mapper.ts'

const compare =
  'Compare the fingerprint with what the device shows by itself: over the network, somebody in between would show theirs.'

export const targetNotices: NoticesOf<'target.host_key_seen' | 'target.host_key_proposed'> = {
  async 'target.host_key_seen'({ session, asset, plant, key, kind, known, first = false }, look) {
    if (!first) return null
    const stored = await look.tables.targetHostKeys.one(asset, key)
    if (stored?.state !== 'seen') return null
    const what = `${assetName(look, asset)} in ${plantName(look, plant)}`
    return {
      people: await peopleOf(look, plant, proposers),
      facts: { session, asset, plant, key, kind, known },
      asks: null,
      letter: () => ({
        subject: `look at ${asset}: it shows a host key that nobody accepted`,
        lines: [
          `${what} showed ${key} (${kind}) where somebody connected. They were refused before anything was sent to it.`,
          'Either the device has a new key, and you propose it for another person to accept; or something else answers there.',
          compare,
        ],
        open: '/targets',
      }),
    }
  },

  async 'target.host_key_proposed'({ asset, plant, key, kind, replaces, by }, look) {
    const stored = await look.tables.targetHostKeys.one(asset, key)
    if (stored?.state !== 'proposed' || stored.proposed?.by !== by) return null
    const proposer = await look.tables.people.byId(by)
    const people = await peopleOf(look, plant, accepters)
    return {
      people: people.filter(({ id }) => id !== by),
      facts: { asset, plant, key, kind, replaces, by: refOf(proposer, by) },
      asks: null,
      letter: () => ({
        subject: `accept or reject a host key of ${asset}`,
        lines: [
          `${nameOf(look, proposer)} proposes ${key} (${kind}) for ${assetName(look, asset)} in ${plantName(look, plant)}.`,
          replaces === null
            ? 'Nobody reaches it before.'
            : `It is to replace ${replaces}; sessions opened on that one then end.`,
          compare,
        ],
        open: '/targets',
      }),
    }
  },
}
