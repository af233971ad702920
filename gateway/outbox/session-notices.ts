// What is told of sessions: to the approver, that their approval is used, where policy obliges to it.

import type { PersonId } from '../../policy/index.ts'
import type { StoredRequest } from '../store/requests.ts'
import { answerersOf, distinct, peopleOf } from './audience.ts'
import { showInstant } from './letter.ts'
import { assetName, nameOf, openAccounts, plantName, refOf, zoneOfPlant } from './look.ts'
import type { NoticesOf } from './mapper.ts'

/** Who said yes to a request; empty while nobody has. */
function approversOf({ request }: StoredRequest): readonly PersonId[] {
  if (request.kind !== 'approved') return []
  return request.approvals.filter(({ verdict }) => verdict === 'approve').map(({ by }) => by)
}

export const sessionNotices: NoticesOf<'session.started' | 'session.extension_offered' | 'session.socket_unexplained'> =
  {
    async 'session.socket_unexplained'({ kind, session, asset, plant }, look) {
      const lines = [
        kind === 'stranger'
          ? `The gateway, or a program it started, is connected to ${assetName(look, asset)}, and no session answers for that.`
          : `Session ${session} says it is connected to ${assetName(look, asset)}, and the kernel knows of no such connection.`,
        'Two looks at the kernel\u2019s sockets agree on it. `sallyport sessions --kernel` shows what is so now.',
      ]
      const subject = `alarm: sessions and sockets do not agree on ${assetName(look, asset)}`
      const people = await peopleOf(look, plant, ['approver', 'isms-manager', 'admin'])
      return {
        people,
        facts: { kind, session, asset, plant },
        asks: null,
        letter: () => ({ subject, lines, open: '/access' }),
      }
    },

    async 'session.started'({ session, request, person, asset, plant, window }, look) {
      const stored = await look.tables.requests.byId(request)
      if (stored?.decision.kind !== 'permit') return null
      if (!stored.decision.obligations.some(({ kind }) => kind === 'notify-approver')) return null
      const user = await look.tables.people.byId(person)
      const zone = zoneOfPlant(look, plant)
      return {
        people: await openAccounts(look, approversOf(stored)),
        facts: { session, request, person: refOf(user, person), asset, plant },
        asks: null,
        letter: () => ({
          subject: `for your information: ${nameOf(look, user)} is working on ${assetName(look, asset)}`,
          lines: [
            `A session that you approved has begun in ${plantName(look, plant)}.`,
            `It ends at the latest ${showInstant(window.until, zone)} (${zone}). You can watch it or end it.`,
          ],
          open: '/access',
        }),
      }
    },

    async 'session.extension_offered'({ session, grant, until }, look) {
      const held = await look.tables.grants.byId(grant)
      const stored = held === null ? null : await look.tables.requests.byId(held.grant.request)
      const user = held === null ? null : await look.tables.people.byId(held.grant.person)
      if (held === null || stored === null || user === null || held.grant.kind !== 'open') return null
      const { asset } = held.grant
      const zone = zoneOfPlant(look, held.plant)
      const { first } = await answerersOf(stored, user, look)
      return {
        people: distinct([...(await openAccounts(look, approversOf(stored))), ...first]),
        facts: { session, grant, request: stored.request.id, person: refOf(user, user.id), asset, plant: held.plant },
        asks: null,
        // Once the window is over there is nothing to extend.
        letter: () =>
          look.now >= until
            ? null
            : {
                subject: `extend or let it end: the session on ${assetName(look, asset)} is almost over`,
                lines: [
                  `${nameOf(look, user)} works on ${assetName(look, asset)} in ${plantName(look, held.plant)}.`,
                  `The window ends ${showInstant(until, zone)} (${zone}). Do nothing, and the session ends as planned.`,
                ],
                open: '/access',
              },
      }
    },
  }
