// Samples: recordings drawn at random to be looked at, in a way that an auditor can repeat. What to draw from is said, as
// evidence, before the seed is known; what is drawn gets a review each, which is closed as every review is (access/reviews.ts).

import {
  mostDrawn,
  openDraw,
  overseenPlants,
  type Events,
  type Instant,
  type PlantId,
  type ReviewId,
  type SessionId,
} from '../../policy/index.ts'
import { parseCheckpoint, parseNote } from '../../recorder/index.ts'
import type { Actor } from '../access/authorize.ts'
import { keepRefusal } from '../access/refusal.ts'
import { openReview } from '../access/reviews.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store, Tx } from '../store/store.ts'
import { openSharedTurns } from '../turns.ts'
import type { Checkpoints } from './checkpoints.ts'

/** What was drawn is looked at within. */
const reviewMs = 15 * 24 * 3_600_000
const batch = 1_000

export type Sample = Events['recording.sampled'] & { readonly at: Instant }

export interface WantedSample {
  readonly count: number
  readonly since: Instant
  readonly until: Instant
  /** Null: of every plant the person looks over. */
  readonly plant: PlantId | null
}

export interface Samples {
  /** @throws GatewayError `role-missing`, `malformed-body` */
  draw(actor: Actor, wanted: WantedSample): Promise<Sample>
  /** Those of plants the person looks over, newest first. */
  latest(actor: Actor): Promise<readonly Sample[]>
}

/** Draws that are shown; older ones stand in the ledger. */
const mostShown = 20

export function openSamples(deps: {
  readonly store: Store
  readonly checkpoints: Pick<Checkpoints, 'sign'>
  readonly clock: Clock
}): Samples {
  const { store, checkpoints, clock } = deps

  /** Null: all plants. @throws GatewayError `role-missing` */
  async function plantsOf({ person }: Actor, plant: PlantId | null): Promise<readonly PlantId[] | null> {
    const theirs = overseenPlants(person)
    const refuse = (text: string): Promise<never> =>
      keepRefusal(
        { store, clock },
        { person: person.id, step: 'draw-sample', code: 'role-missing', subject: plant ?? 'all' },
        text,
      )
    if (theirs?.length === 0) return refuse('recordings are drawn by an auditor, an isms-manager or an admin')
    if (plant === null) return theirs
    if (theirs !== null && !theirs.includes(plant))
      return refuse(`this needs somebody who looks over plant \`${plant}\``)
    return [plant]
  }

  /** A checkpoint over what was written last. */
  async function seed(): Promise<Sample['checkpoint']> {
    const { note } = await checkpoints.sign()
    const parsed = parseNote(Buffer.from(note, 'utf8'))
    const said = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
    if (said.kind === 'malformed') throw new Error(`the checkpoint that was just signed: ${said.reason}`)
    const { origin, size, root } = said.value
    return { origin, size, root: Buffer.from(root).toString('base64') }
  }

  /** One session is looked at once, however often it is drawn. */
  async function reviewOf(tx: Tx, now: Instant, id: SessionId): Promise<ReviewId> {
    const session = await tx.sessions.byId(id)
    const grant = session && (await tx.grants.byId(session.grant))?.grant
    // INVARIANT: a row of a session refers to its grant, and neither is ever removed.
    if (!session || !grant) throw new Error(`session \`${id}\` was drawn, and is not in the store`)
    const before = await tx.reviews.ofGrant(grant.id)
    const known = before.find((review) => review.kind === 'sample' && review.session === id)
    if (known !== undefined) return known.id
    return openReview(tx, now, {
      kind: 'sample',
      request: grant.request,
      grant: grant.id,
      session: id,
      person: session.person,
      asset: session.asset,
      plant: session.plant,
      dueAt: now + reviewMs,
    })
  }

  return {
    async draw(actor, { count, since, until, plant }) {
      const plants = await plantsOf(actor, plant)
      if (since >= until) throw new GatewayError('malformed-body', 'until: expected a time after `since`')
      if (count < 1 || count > mostDrawn)
        throw new GatewayError('malformed-body', `count: expected 1 to ${mostDrawn}, got ${count}`)
      const asked = { sample: mint.sample(clock.now()), by: actor.person.id, plants, since, until, count }
      await store.change((tx) => tx.ledger.append('recording.sample_asked', clock.now(), asked))
      const checkpoint = await seed()
      const draw = openDraw(checkpoint.root, count)
      const filter = { size: checkpoint.size, plants, since, until }
      const giveWay = openSharedTurns()
      for (let after: SessionId | null = null; ;) {
        const ids: readonly SessionId[] = await store.sessions.sealedBelow(filter, { limit: batch, after })
        for (const id of ids) {
          draw.offer(id)
          await giveWay()
        }
        after = ids.at(-1) ?? null
        if (after === null || ids.length < batch) break
      }
      return store.change(async (tx) => {
        const at = clock.now()
        const drawn: { session: SessionId; review: ReviewId }[] = []
        for (const session of draw.drawn()) drawn.push({ session, review: await reviewOf(tx, at, session) })
        const sampled = { ...asked, checkpoint, population: draw.population(), drawn }
        await tx.ledger.append('recording.sampled', at, sampled)
        return { ...sampled, at }
      })
    },

    async latest({ person }) {
      const theirs = overseenPlants(person)
      const isTheirs = ({ plants }: Sample): boolean =>
        theirs === null || (plants !== null && plants.every((plant) => theirs.includes(plant)))
      const entries = await store.evidence.list(
        { types: ['recording.sampled'], session: null },
        { limit: mostShown, before: null },
      )
      // INVARIANT: entries are written as the schema of their type has them.
      return entries.map(({ at, data }) => ({ ...(data as Events['recording.sampled']), at })).filter(isTheirs)
    },
  }
}
