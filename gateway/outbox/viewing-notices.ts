// What is told of viewings that a second person has to agree to: those who may answer are asked, and who asked hears what
// became of it.

import type { Person, SessionId } from '../../policy/index.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import { answerFault } from '../evidence/second-person.ts'
import { showInstant } from './letter.ts'
import { assetName, nameOf, openAccounts, plantName, refOf, zoneOfPlant, type Look } from './look.ts'
import type { NoticesOf } from './mapper.ts'

async function sessionOf(look: Look, id: SessionId) {
  const session = await look.tables.sessions.byId(id)
  return session === null
    ? null
    : { session, what: assetName(look, session.asset), where: plantName(look, session.plant) }
}

export const viewingNotices: NoticesOf<'recording.view_asked' | 'recording.view_confirmed' | 'recording.view_refused'> =
  {
    async 'recording.view_asked'({ viewing, session: id, by, answerBy }, look) {
      const stored = await look.tables.viewings.byId(viewing)
      const found = await sessionOf(look, id)
      if (stored === null || found === null || stored.state !== 'asked') return null
      const { session, what, where } = found
      const asker = await look.tables.people.byId(by)
      const people: Person[] = []
      for (const person of await look.people()) {
        if (suspensionOfPerson(look.world.suspensions, person) !== null) continue
        if ((await answerFault(look.tables, look.bundle, person, by, session)) === null) people.push(person)
      }
      const zone = zoneOfPlant(look, session.plant)
      return {
        people,
        facts: {
          viewing,
          session: id,
          viewer: refOf(asker, by),
          asset: session.asset,
          plant: session.plant,
          answerBy: new Date(answerBy).toISOString(),
        },
        asks: null,
        letter: () =>
          look.now >= answerBy
            ? null
            : {
                subject: `agree or refuse: somebody wants to look at a recording of ${what}`,
                lines: [
                  `${nameOf(look, asker)} wants to look at the recording of a session on ${what} in ${where}.`,
                  'Its rules want a second person to agree. Read why, and answer.',
                  `Until ${showInstant(answerBy, zone)} (${zone}); after that the question is over.`,
                ],
                open: '/viewings',
              },
      }
    },

    async 'recording.view_confirmed'({ viewing, session: id, viewer, by, viewUntil }, look) {
      const found = await sessionOf(look, id)
      if (found === null) return null
      const { session, what, where } = found
      const other = await look.tables.people.byId(by)
      const zone = zoneOfPlant(look, session.plant)
      return {
        people: await openAccounts(look, [viewer]),
        facts: { viewing, session: id, by: refOf(other, by), asset: session.asset, plant: session.plant },
        asks: null,
        letter: () =>
          look.now >= viewUntil
            ? null
            : {
                subject: `look at it now: the viewing of a recording of ${what} was agreed to`,
                lines: [
                  `${nameOf(look, other)} agreed that you look at the recording of a session on ${what} in ${where}.`,
                  `Until ${showInstant(viewUntil, zone)} (${zone}).`,
                ],
                open: '/viewings',
              },
      }
    },

    async 'recording.view_refused'({ viewing, session: id, viewer, by, why }, look) {
      // Who was refused on the spot has read it already.
      if (viewing === null) return null
      const found = await sessionOf(look, id)
      if (found === null) return null
      const { session, what, where } = found
      const other = by === null ? null : await look.tables.people.byId(by)
      return {
        people: await openAccounts(look, [viewer]),
        facts: { viewing, session: id, why, asset: session.asset, plant: session.plant },
        asks: null,
        letter: () => ({
          subject: `know this: the viewing of a recording of ${what} was not agreed to`,
          lines: [
            why === 'unanswered'
              ? `Nobody answered in time whether you may look at the recording of a session on ${what} in ${where}.`
              : `${nameOf(look, other)} did not agree that you look at the recording of a session on ${what} in ${where}.`,
          ],
          open: '/viewings',
        }),
      }
    },
  }
