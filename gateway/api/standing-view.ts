// What touches many decisions, as the contract shows it: with names, how it stands, and what the reader may do.

import {
  breachesOf,
  contractFor,
  endOfDay,
  overseesAll,
  unmetExpectations,
  type AssetId,
  type Compensation,
  type Exception,
  type Person,
  type PersonId,
  type PlantId,
  type RevocationTarget,
} from '../../policy/index.ts'
import { mayDecideOn } from '../access/campaigns.ts'
import type { Actor } from '../access/authorize.ts'
import { findAccess, mayEndAll, type Ended } from '../access/ending.ts'
import { stateOf } from '../access/exceptions.ts'
import { isOwnAccess, mayReview } from '../access/reviews.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import type {
  AttestationView,
  CampaignView,
  DelegationView,
  EligibilityView,
  EndedSessionView,
  EndedView,
  ExceptionView,
  PresenceView,
  ReviewView,
  SupplierView,
  SuspensionView,
  TargetView,
} from '../contract/standing-views.ts'
import { openSharedTurns } from '../turns.ts'
import type { PersonRef } from '../contract/views.ts'
import type { AttestedOf, StoredAttestation } from '../store/attestations.ts'
import type { Campaign, CampaignItem, Eligibility, ItemVerdict } from '../store/campaigns.ts'
import type { StoredDelegation } from '../store/delegations.ts'
import type { StoredPresence } from '../store/presences.ts'
import type { StoredReview } from '../store/reviews.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { StoredSuspension } from '../store/suspensions.ts'
import { breachView } from './people-view.ts'
import { refOf, supplierNameOf } from './person-ref.ts'
import type { Services } from './services.ts'

export interface StandingViewer {
  target(target: RevocationTarget): Promise<TargetView>
  ended(ended: Ended): Promise<EndedView>
  endedSessions(sessions: readonly StoredSession[]): Promise<EndedSessionView[]>
  suspensions(actor: Actor, stored: readonly StoredSuspension[]): Promise<SuspensionView[]>
  delegations(stored: readonly StoredDelegation[]): Promise<DelegationView[]>
  presences(stored: readonly StoredPresence[]): Promise<PresenceView[]>
  /** Those of controlled labels. */
  attestations(stored: readonly StoredAttestation<AttestedOf<'label'>>[]): Promise<AttestationView[]>
  reviews(actor: Actor, stored: readonly StoredReview[]): Promise<ReviewView[]>
  campaign(actor: Actor, campaign: Campaign, whole: boolean): Promise<CampaignView>
  exception(exception: Exception, compensation: readonly Compensation[]): ExceptionView
  suppliers(): Promise<SupplierView[]>
}

type Known = ReadonlyMap<string, Person>

export function openStandingViewer({ store, bundle, clock, standing, registry }: Services): StandingViewer {
  const assetName = (id: AssetId): string => bundle().assets.get(id)?.name ?? id
  const plantName = (id: PlantId): string => bundle().plants.get(id)?.name ?? id
  const ref = (people: Known, id: string): PersonRef => refOf(people, id, bundle())

  function eligibilityView({ roles, supplier, plants }: Eligibility): EligibilityView {
    const supplierName = supplierNameOf(supplier, bundle())
    return { roles: [...roles], supplier, supplierName, plants: [...plants], plantNames: plants.map(plantName) }
  }

  function targetView(target: RevocationTarget, people: Known): TargetView {
    const { kind } = target
    switch (kind) {
      case 'all':
        return { kind, id: '', name: 'everything' }
      case 'person':
        return { kind, id: target.id, name: ref(people, target.id).displayName }
      case 'supplier':
        return { kind, id: target.id, name: bundle().suppliers.get(target.id)?.name ?? target.id }
      case 'asset':
        return { kind, id: target.id, name: assetName(target.id) }
      case 'zone':
        return { kind, id: target.id, name: bundle().zones.get(target.id)?.name ?? target.id }
      case 'plant':
        return { kind, id: target.id, name: plantName(target.id) }
      case 'session':
      case 'grant':
        return { kind, id: target.id, name: target.id }
    }
  }

  async function endedSessions(sessions: readonly StoredSession[]): Promise<EndedSessionView[]> {
    const people = await store.people.byIds(sessions.map(({ person }) => person))
    return sessions.map(({ id, asset, person }) => ({
      id,
      asset,
      person: ref(people, person),
      closesAt: registry.get(id)?.heldForSafetyUntil ?? null,
    }))
  }

  return {
    async target(target) {
      return targetView(target, await store.people.byIds(target.kind === 'person' ? [target.id] : []))
    },
    endedSessions,
    async ended({ grants, sessions }) {
      return { grants: [...grants], sessions: await endedSessions(sessions) }
    },

    async suspensions({ person }, stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ by, target, lifted }) => [
          by,
          ...(target.kind === 'person' ? [target.id] : []),
          ...(lifted ? [lifted.by] : []),
        ]),
      )
      const isOff = suspensionOfPerson(await store.suspensions.inForce(), person) !== null
      const views: SuspensionView[] = []
      for (const { id, target, by, at, reason, lifted } of stored) {
        const found = lifted ? { plants: [] } : await findAccess(store, bundle(), target)
        const mayLift = lifted === null && !isOff && by !== person.id && mayEndAll(person, target, found)
        views.push({
          id,
          target: targetView(target, people),
          by: ref(people, by),
          at,
          reason,
          lifted: lifted && { ...lifted, by: ref(people, lifted.by) },
          mayLift,
        })
      }
      return views
    },

    async delegations(stored) {
      const people = await store.people.byIds(stored.flatMap(({ from, to }) => [from, to]))
      const now = clock.now()
      return stored.map(({ id, from, to, window, reason, ended }) => ({
        id,
        from: ref(people, from),
        to: ref(people, to),
        window,
        reason,
        state: ended ? 'ended' : now >= window.until ? 'over' : now < window.from ? 'coming' : 'in-force',
      }))
    },

    async presences(stored) {
      const people = await store.people.byIds(stored.map(({ person }) => person))
      return stored.map(({ id, zone, plant, person, from, until, ended }) => ({
        id,
        zone,
        zoneName: bundle().zones.get(zone)?.name ?? zone,
        plant,
        person: ref(people, person),
        from,
        until,
        endedAt: ended?.at ?? null,
      }))
    },

    async attestations(stored) {
      const people = await store.people.byIds(stored.flatMap(({ of, by }) => [of.person, by]))
      const now = clock.now()
      return stored.map(({ id, of: { person, label }, until, reference, by, at, ended }) => ({
        id,
        person: ref(people, person),
        label,
        until,
        reference,
        by: ref(people, by),
        at,
        state: ended ? 'withdrawn' : now >= until ? 'over' : 'in-force',
      }))
    },

    async reviews(actor, stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ person, closed }) => [person, ...(closed ? [closed.by] : [])]),
      )
      const now = clock.now()
      const views: ReviewView[] = []
      const giveWay = openSharedTurns()
      for (const review of stored) {
        await giveWay()
        const { id, kind, request, grant, session, asset, plant, openedAt, dueAt, closed } = review
        const mayClose =
          closed === null && mayReview(actor.person, review) && !(await isOwnAccess(store, review, actor.person.id))
        views.push({
          id,
          kind,
          request,
          grant,
          session,
          person: ref(people, review.person),
          asset,
          assetName: assetName(asset),
          plant,
          plantName: plantName(plant),
          openedAt,
          dueAt,
          overdue: closed === null && now >= dueAt,
          closed: closed && { ...closed, by: ref(people, closed.by) },
          mayClose,
        })
      }
      return views
    },

    async campaign({ person: reader }, campaign, whole) {
      const items = await store.campaigns.items(campaign.id)
      const { id, title, startedBy, startedAt, dueAt, closed } = campaign
      const people = await store.people.byIds([
        startedBy,
        ...(closed ? [closed.by] : []),
        ...(whole ? items.flatMap(({ person, decision }) => [person, ...(decision ? [decision.by] : [])]) : []),
      ])
      const lastUses = await store.sessions.lastStarts(whole ? items.map(({ person }) => person) : [])
      const count = (verdict: ItemVerdict | null): number =>
        items.filter(({ decision }) => (decision?.verdict ?? null) === verdict).length
      const isOwn = (id: PersonId): boolean => id === reader.id || people.get(id)?.machine?.owner.id === reader.id
      const breachesNow = (person: Person | undefined) =>
        person === undefined || person.disabled ? [] : breachesOf(person, bundle(), clock.now()).map(breachView)
      // People of other plants are counted, and named to who reads of these.
      const isRead = ({ person, before: { plants } }: CampaignItem): boolean =>
        overseesAll(reader) ||
        isOwn(person) ||
        [...plants, ...(people.get(person)?.plants ?? [])].some((plant) => reader.plants.includes(plant))
      const itemView = ({ person, before, decision }: CampaignItem): CampaignView['items'][number] => ({
        person: ref(people, person),
        before: eligibilityView(before),
        breaches: breachesNow(people.get(person)),
        decision: decision && {
          ...decision,
          after: decision.after && eligibilityView(decision.after),
          by: ref(people, decision.by),
        },
        mayDecide: !closed && !decision && !isOwn(person) && mayDecideOn(reader, before),
        lastUse: lastUses.get(person) ?? null,
      })
      return {
        id,
        title,
        startedBy: ref(people, startedBy),
        startedAt,
        dueAt,
        overdue: closed === null && clock.now() >= dueAt,
        closed: closed && { by: ref(people, closed.by), at: closed.at },
        counts: {
          people: items.length,
          kept: count('keep'),
          changed: count('change'),
          removed: count('remove'),
          undecided: count(null),
        },
        items: whole ? items.filter(isRead).map(itemView) : [],
      }
    },

    exception(exception, compensation) {
      const { id, title, owner, approvedBy, reason, risk, compensating, assets, from, until, renewals } = exception
      return {
        id,
        title,
        owner,
        approvedBy,
        reason,
        risk,
        compensating: [...compensating],
        assets: [...assets],
        from,
        until,
        renewals,
        state: stateOf(exception, clock.now()),
        endsAt: endOfDay(until, 'UTC'),
        controls: compensation.map(({ control, kind, reason: why, last }) => ({
          id: control,
          state: kind,
          reason: why,
          lastIndex: last?.index ?? null,
          lastAt: last?.at ?? null,
        })),
      }
    },

    async suppliers() {
      const now = clock.now()
      const people = await store.people.list()
      const live = (await store.sessions.unsealed()).filter(({ state }) => state !== 'ended')
      const grants = new Map<string, number>()
      for (const person of people)
        if (person.supplier !== null)
          grants.set(
            person.supplier,
            (grants.get(person.supplier) ?? 0) + (await store.grants.openOf(person.id, now)).length,
          )
      const world = standing.world.now()
      const off = world.suspensions
      return [...bundle().suppliers.values()].map((supplier) => {
        const { id, name, sponsor, contract, labels, riskTier } = supplier
        const own = people.filter((person) => person.supplier === id)
        const ids = new Set(own.map((person) => person.id))
        const { kind } = contractFor({ supplier: id }, { from: now, until: now }, bundle(), now)
        return {
          id,
          name,
          sponsor,
          contract,
          contractState: kind === 'not-started' || kind === 'expired' ? kind : 'active',
          labels: [...labels],
          riskTier,
          unmet: unmetExpectations({ supplier: id }, bundle(), world, now).map(({ what }) => what.id),
          people: own.filter(({ disabled }) => !disabled).length,
          openGrants: grants.get(id) ?? 0,
          liveSessions: live.filter(({ person }) => ids.has(person)).length,
          suspended: off.some(
            ({ target }) => target.kind === 'all' || (target.kind === 'supplier' && target.id === id),
          ),
        }
      })
    },
  }
}
