// From viewings and the handling of recordings to the views of the contract.

import { handlingOfRecording, type Handling, type SessionId } from '../../policy/index.ts'
import type { HandlingView, MayViewView, ViewingView } from '../contract/views.ts'
import type { Actor } from '../access/authorize.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { StoredViewing } from '../store/viewings.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

export interface ViewingViewer {
  handling(stored: StoredSession): HandlingView
  mayView(actor: Actor, stored: StoredSession): Promise<MayViewView>
  viewings(actor: Actor, stored: readonly StoredViewing[]): Promise<ViewingView[]>
}

export function openViewingViewer(
  services: Pick<Services, 'store' | 'bundle' | 'viewing' | 'viewings' | 'clock'>,
): ViewingViewer {
  const { store, bundle, viewing: gate, viewings, clock } = services

  const textsOf = ({ rules }: Handling): HandlingView['rules'] =>
    bundle()
      .handling.rules.filter(({ id }) => rules.includes(id))
      .map(({ id, text }) => ({ id, text }))

  return {
    handling(stored) {
      const handling = handlingOfRecording(bundle(), stored)
      const { view, retention, maskPrompts, regions } = handling
      const { roles, secondPerson } = view
      return {
        rules: textsOf(handling),
        roles: roles === null ? null : [...roles],
        secondPerson,
        export: handling.export,
        retention: { ...retention },
        maskPrompts,
        regions: regions === null ? null : [...regions],
      }
    },

    async mayView(actor, stored) {
      const answer = await gate.permitView(actor, stored, stored.endedAt === null ? 'follow' : 'replay')
      return answer.kind === 'permitted'
        ? { kind: 'permitted', text: null, until: answer.until }
        : { kind: answer.kind, text: answer.text, until: null }
    },

    async viewings(actor, stored) {
      const now = clock.now()
      const sessions = new Map<SessionId, StoredSession>()
      for (const { session } of stored) {
        const found = sessions.has(session) ? null : await store.sessions.byId(session)
        if (found) sessions.set(session, found)
      }
      const people = await store.people.byIds([
        ...stored.flatMap(({ viewer, answered }) => [viewer, ...(answered ? [answered.by] : [])]),
        ...[...sessions.values()].map(({ person }) => person),
      ])
      const ref = (id: string) => refOf(people, id, bundle())
      const views: ViewingView[] = []
      for (const viewing of stored) {
        const session = sessions.get(viewing.session)
        if (!session) continue
        const { id, viewer, purpose, askedAt, answerBy, state, answered, viewUntil } = viewing
        views.push({
          id,
          session: session.id,
          asset: session.asset,
          assetName: bundle().assets.get(session.asset)?.name ?? session.asset,
          plant: session.plant,
          startedAt: session.startedAt,
          person: ref(session.person),
          viewer: ref(viewer),
          purpose,
          rules: textsOf(handlingOfRecording(bundle(), session)),
          askedAt,
          answerBy,
          // The sweep writes it down a little later.
          state: state === 'asked' && answerBy <= now ? 'expired' : state,
          answered: answered === null ? null : { ...answered, by: ref(answered.by) },
          viewUntil,
          mayAnswer: await viewings.mayAnswer(actor.person, viewing, session),
        })
      }
      return views
    },
  }
}
