// Access review campaigns (ISO/IEC 27001:2022 A.5.18): the standing eligibility of everybody enabled is decided on anew,
// one by one, by somebody else. What is taken away ends at once, with all that rests on it.

import {
  parsePersonId,
  parseLogin,
  type CampaignId,
  type Person,
  type PersonId,
  type PlantId,
  type Role,
  oversees,
  overseesAll,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { disableIn } from '../identity/disable.ts'
import { noteByHand } from '../people/role-sources.ts'
import type { Campaign, CampaignItem, Eligibility, ItemDecision, ItemVerdict } from '../store/campaigns.ts'
import type { Actor } from './authorize.ts'
import { announceEnd, findAccess, revokeGrants, type Ended } from './ending.ts'
import { keepRefusal, type RefusedStep } from './refusal.ts'
import type { SuspendDeps } from './suspensions.ts'
import type { WorldSource } from './world.ts'

export interface ItemAnswer {
  /** Id or login. */
  readonly person: string
  readonly verdict: ItemVerdict
  readonly reason: string
  /** For `change`: what is left, which is part of what is there. Roles or plants not given stay. */
  readonly roles?: readonly string[]
  readonly plants?: readonly string[]
}

export interface CampaignClosing {
  readonly kept: number
  readonly changed: number
  readonly removed: number
  readonly undecided: readonly PersonId[]
}

export interface CampaignService {
  /** @throws GatewayError `role-missing`, `invalid-window`, `state-conflict` while another one runs. */
  start(actor: Actor, given: { title: string; dueAt: number }): Promise<CampaignId>
  /** @throws GatewayError `policy-denied` on oneself; `role-missing`; `malformed-body` where more would be left than is there. */
  decide(actor: Actor, id: CampaignId, answer: ItemAnswer): Promise<{ item: CampaignItem; ended: Ended }>
  /** When all is decided, or its day has passed. @throws GatewayError `state-conflict` otherwise. */
  close(actor: Actor, id: CampaignId): Promise<CampaignClosing>
  /** Notices, once each, what was not done in time. */
  sweep(): Promise<void>
}

const answering = ['isms-manager', 'admin'] as const

const answersForAll = (person: Person): boolean => overseesAll(person, answering)

/**
 * Who may decide on a person: who answers for the whole, or an approver of every plant the person acts for. On who
 * answers for the whole, or audits it, an approver does not.
 */
export function mayDecideOn(decider: Person, { roles, plants }: Eligibility): boolean {
  if (decider.disabled || decider.supplier !== null) return false
  if (answersForAll(decider)) return true
  if (roles.some((role) => role === 'isms-manager' || role === 'admin' || role === 'auditor')) return false
  if (plants.length > 0 && plants.every((plant) => oversees(decider, plant, answering))) return true
  return decider.roles.includes('approver') && plants.length > 0 && plants.every((p) => decider.plants.includes(p))
}

const eligibilityOf = ({ roles, supplier, plants }: Person): Eligibility => ({ roles, supplier, plants })

const noneEnded: Ended = { grants: [], sessions: [] }

export function openCampaigns(deps: SuspendDeps & { readonly bus: Bus; readonly world: WorldSource }): CampaignService {
  const { store, clock, bundle, bus, world } = deps

  const refuse = (
    person: PersonId,
    step: RefusedStep['step'],
    code: RefusedStep['code'],
    subject: string | null,
    text: string,
  ): Promise<never> => keepRefusal({ store, clock }, { person, step, code, subject }, text)

  async function running(id: CampaignId): Promise<Campaign> {
    const campaign = await store.campaigns.byId(id)
    if (!campaign) throw new GatewayError('not-found', `no campaign \`${id}\``)
    if (campaign.closed) throw new GatewayError('state-conflict', `campaign \`${id}\` is closed`)
    return campaign
  }

  async function personNamed(named: string): Promise<Person> {
    const [id, login] = [parsePersonId(named), parseLogin(named)]
    const person =
      id.kind === 'ok'
        ? await store.people.byId(id.id)
        : login.kind === 'ok'
          ? await store.people.byLogin(login.id)
          : null
    if (!person) throw new GatewayError('not-found', `no person \`${named}\``)
    return person
  }

  return {
    async start({ person }, { title, dueAt }) {
      if (!answersForAll(person))
        return refuse(
          person.id,
          'start-campaign',
          'role-missing',
          null,
          'a campaign is started by an isms-manager or admin who looks over all plants',
        )
      const now = clock.now()
      if (dueAt <= now) throw new GatewayError('invalid-window', 'a campaign is due in the future')
      const id = mint.campaign(now)
      const people = (await store.people.list()).filter(({ disabled }) => !disabled)
      await store.change(async (tx) => {
        const other = await tx.campaigns.running()
        if (other) throw new GatewayError('state-conflict', `campaign \`${other.id}\` is still running: close it first`)
        const items = people.map((each) => ({ person: each.id, before: eligibilityOf(each) }))
        await tx.campaigns.insert({ id, title, startedBy: person.id, startedAt: now, dueAt }, items)
        await tx.ledger.append('review.access_campaign_started', now, {
          campaign: id,
          by: person.id,
          title: await tx.ledger.commit(title),
          dueAt,
          people: items.length,
        })
      })
      return id
    },

    async decide({ person: decider }, id, answer) {
      await running(id)
      const person = await personNamed(answer.person)
      const item = (await store.campaigns.items(id)).find((each) => each.person === person.id)
      if (!item) throw new GatewayError('not-found', `\`${person.login}\` is not in campaign \`${id}\``)
      if (person.id === decider.id || person.machine?.owner.id === decider.id)
        return refuse(
          decider.id,
          'decide-item',
          'own-item',
          id,
          'nobody decides on their own eligibility, nor on that of a machine account they answer for',
        )
      // As they were when the campaign began, and as they are now.
      if (!mayDecideOn(decider, item.before) || !mayDecideOn(decider, eligibilityOf(person)))
        return refuse(
          decider.id,
          'decide-item',
          'role-missing',
          id,
          'deciding on a person needs an isms-manager, admin, or an approver of every plant the person acts for',
        )
      const { verdict, reason } = answer
      const now = clock.now()
      const after = verdict === 'remove' ? null : verdict === 'keep' ? eligibilityOf(person) : narrowed(person, answer)
      const decision: ItemDecision = { verdict, after, by: decider.id, at: now, reason }
      const order = { by: decider.id, reason: `access review: ${reason}`, now, insisted: false }
      const ended = await store.change(async (tx) => {
        if (!(await tx.campaigns.decide(id, person.id, decision)))
          throw new GatewayError('state-conflict', `\`${person.login}\` was decided on already`)
        const shown = (of: Eligibility) => ({ roles: of.roles, plants: of.plants })
        await tx.ledger.append('review.item_decided', now, {
          campaign: id,
          person: person.id,
          verdict,
          by: decider.id,
          reason: await tx.ledger.commit(reason),
          before: shown(eligibilityOf(person)),
          after: after === null ? null : shown(after),
        })
        if (verdict === 'keep') return noneEnded
        const found = await findAccess(tx, bundle(), { kind: 'person', id: person.id })
        if (after === null) await disableIn(tx, now, person.id, decider.id, order.reason)
        else {
          await tx.people.setEligibility(person.id, after.roles, after.plants)
          await noteByHand(tx, now, person.id, after, 'review')
          const entry = { person: person.id, by: decider.id, ...shown(after), campaign: id }
          await tx.ledger.append('identity.changed', now, entry)
        }
        // What rests on a plant that was taken away ends here; what rests on a role is decided anew.
        const gone = found.grants.filter(({ plant }) => after === null || !after.plants.includes(plant))
        const grants = await revokeGrants(tx, gone, order)
        return { grants, sessions: found.sessions.filter(({ grant }) => after === null || grants.includes(grant)) }
      })
      if (verdict === 'remove') bus.publish({ kind: 'person-disabled', person: person.id })
      if (verdict !== 'keep') {
        announceEnd(bus, { grants: ended.grants, sessions: [] }, order)
        bus.publish({ kind: 'reevaluate', because: 'person' })
        await world.refresh()
      }
      return { item: { ...item, decision }, ended }
    },

    async close({ person }, id) {
      const campaign = await running(id)
      if (!answersForAll(person))
        return refuse(
          person.id,
          'close-campaign',
          'role-missing',
          id,
          'a campaign is closed by an isms-manager or admin',
        )
      return store.change(async (tx) => {
        const now = clock.now()
        const items = await tx.campaigns.items(id)
        const count = (verdict: ItemVerdict): number =>
          items.filter(({ decision }) => decision?.verdict === verdict).length
        const undecided = items.filter(({ decision }) => decision === null).map((item) => item.person)
        if (undecided.length > 0 && now < campaign.dueAt)
          throw new GatewayError(
            'state-conflict',
            `${undecided.length} people are not decided on, and it is not due yet`,
          )
        if (!(await tx.campaigns.close(id, person.id, now)))
          throw new GatewayError('state-conflict', `campaign \`${id}\` is closed already`)
        const closing = { kept: count('keep'), changed: count('change'), removed: count('remove'), undecided }
        await tx.ledger.append('review.closed', now, { campaign: id, by: person.id, ...closing })
        return closing
      })
    },

    async sweep() {
      const now = clock.now()
      for (const { id, dueAt } of await store.campaigns.newlyOverdue(now))
        await store.change(async (tx) => {
          if (!(await tx.campaigns.markOverdue(id, now))) throw new Error(`campaign \`${id}\` was noticed twice`)
          const undecided = (await tx.campaigns.items(id)).filter(({ decision }) => decision === null).length
          await tx.ledger.append('review.overdue', now, { campaign: id, undecided, dueAt })
        })
    },
  }
}

/** What a change leaves: part of what is there, and never nothing. @throws GatewayError `malformed-body` */
function narrowed(person: Person, { roles, plants }: ItemAnswer): Eligibility {
  const left = <T extends string>(what: string, have: readonly T[], given: readonly string[] | undefined): T[] => {
    const more = (given ?? []).filter((each) => !(have as readonly string[]).includes(each))
    if (more.length > 0)
      throw new GatewayError(
        'malformed-body',
        `\`${person.login}\` has no ${what} \`${more.join(', ')}\`: a review only takes away`,
      )
    return have.filter((each) => given === undefined || given.includes(each))
  }
  const after = {
    roles: left<Role>('role', person.roles, roles),
    supplier: person.supplier,
    plants: left<PlantId>('plant', person.plants, plants),
  }
  if (after.roles.length === 0) throw new GatewayError('malformed-body', 'no role would be left: remove the person')
  if (person.supplier !== null && !after.roles.includes('vendor'))
    throw new GatewayError('malformed-body', 'a person of a supplier keeps the role `vendor`, or is removed')
  if (after.roles.length === person.roles.length && after.plants.length === person.plants.length)
    throw new GatewayError('malformed-body', 'nothing would change: keep the person, or say what is left')
  return after
}
