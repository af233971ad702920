// What is told of people: that somebody left while they were working on something whose process may need a hand, so that
// somebody of the plant looks at it.

import { safeOutcomeOf, type PlantId } from '../../policy/index.ts'
import type { StoredSession } from '../store/sessions.ts'
import { alarmed, distinct } from './audience.ts'
import { assetName, nameOf, plantName } from './look.ts'
import type { NoticesOf } from './mapper.ts'

export const personNotices: NoticesOf<'person.left'> = {
  async 'person.left'({ person, feed, sessions, unconfirmed }, look) {
    const lines = new Map<PlantId, string[]>()
    for (const id of sessions) {
      const session = await look.tables.sessions.byId(id)
      const line = session === null ? null : sayOf(session, unconfirmed.includes(id))
      if (session !== null && line !== null) lines.set(session.plant, [...(lines.get(session.plant) ?? []), line])
    }
    if (lines.size === 0) return null
    const readers = new Map<PlantId, ReadonlySet<string>>()
    const people = []
    for (const plant of lines.keys()) {
      const here = (await alarmed(look, plant)).filter(({ id }) => id !== person)
      readers.set(plant, new Set(here.map(({ id }) => id)))
      people.push(...here)
    }
    const name = nameOf(look, await look.tables.people.byId(person))
    return {
      people: distinct(people),
      facts: { person, feed, sessions, unconfirmed },
      asks: null,
      letter: (reader) => ({
        subject: `look at the process: ${name} has left the house and was working on it`,
        // Of each plant only who is told of that plant.
        lines: [...lines].flatMap(([plant, of]) => (readers.get(plant)?.has(reader.id) === true ? of : [])),
        open: '/access',
      }),
    }

    /** Null where nothing hangs on how it ends. */
    function sayOf({ asset: id, plant }: StoredSession, asks: boolean): string | null {
      const asset = look.bundle.assets.get(id)
      const where = `${assetName(look, id)} in ${plantName(look, plant)}`
      if (asset !== undefined && safeOutcomeOf(asset) !== 'cut')
        return `${where}: its input was stopped at once; the session is closed at the hard limit, or by a safety engineer before.`
      return asks ? `${where}: the session ended at once, and the asset asks for a safe state first.` : null
    }
  },
}
