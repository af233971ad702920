// Access review campaigns: everybody's standing eligibility, decided on one by one.

import type { CampaignId, Instant, PersonId, PlantId, Role, SupplierId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/** What a person may do by who they are, before anything is asked or granted. */
export interface Eligibility {
  readonly roles: readonly Role[]
  readonly supplier: SupplierId | null
  readonly plants: readonly PlantId[]
}

export const itemVerdicts = ['keep', 'change', 'remove'] as const
export type ItemVerdict = (typeof itemVerdicts)[number]

export interface ItemDecision {
  readonly verdict: ItemVerdict
  /** What is left; null when it is removed. */
  readonly after: Eligibility | null
  readonly by: PersonId
  readonly at: Instant
  readonly reason: string
}

export interface CampaignItem {
  readonly person: PersonId
  readonly before: Eligibility
  readonly decision: ItemDecision | null
}

export interface Campaign {
  readonly id: CampaignId
  readonly title: string
  readonly startedBy: PersonId
  readonly startedAt: Instant
  readonly dueAt: Instant
  readonly closed: { readonly by: PersonId; readonly at: Instant } | null
}

export interface Campaigns {
  insert(campaign: Omit<Campaign, 'closed'>, items: readonly Omit<CampaignItem, 'decision'>[]): Promise<void>
  byId(id: CampaignId): Promise<Campaign | null>
  /** The one that is not closed; there is at most one at a time. */
  running(): Promise<Campaign | null>
  /** Newest first. */
  list(): Promise<readonly Campaign[]>
  items(id: CampaignId): Promise<readonly CampaignItem[]>
  /** The last decision on each of these people, in any campaign; who was never decided on is left out. */
  lastDecisions(
    people: readonly PersonId[],
  ): Promise<ReadonlyMap<PersonId, ItemDecision & { readonly campaign: CampaignId }>>
  /** False when it was decided meanwhile. */
  decide(id: CampaignId, person: PersonId, decision: ItemDecision): Promise<boolean>
  /** False when it was closed meanwhile. */
  close(id: CampaignId, by: PersonId, at: Instant): Promise<boolean>
  newlyOverdue(now: Instant): Promise<readonly Campaign[]>
  /** False when it was noticed already. */
  markOverdue(id: CampaignId, now: Instant): Promise<boolean>
}

function campaignOf(row: Schema['campaign']): Campaign {
  return {
    id: row.id as CampaignId,
    title: row.title,
    startedBy: row.started_by as PersonId,
    startedAt: row.started_at,
    dueAt: row.due_at,
    closed: row.closed_at === null ? null : { by: row.closed_by as PersonId, at: row.closed_at },
  }
}

function itemOf(row: Schema['campaign_item']): CampaignItem {
  return {
    person: row.person as PersonId,
    before: JSON.parse(row.before) as Eligibility,
    decision:
      row.decided_at === null
        ? null
        : {
            verdict: row.verdict as ItemVerdict,
            after: row.after === null ? null : (JSON.parse(row.after) as Eligibility),
            by: row.decided_by as PersonId,
            at: row.decided_at,
            reason: row.reason ?? '',
          },
  }
}

export function campaignsIn(db: Db): Campaigns {
  const all = () => db.selectFrom('campaign').selectAll()
  return {
    async insert({ id, title, startedBy, startedAt, dueAt }, items) {
      await db
        .insertInto('campaign')
        .values({
          id,
          title,
          started_by: startedBy,
          started_at: startedAt,
          due_at: dueAt,
          overdue_at: null,
          closed_by: null,
          closed_at: null,
        })
        .execute()
      for (const { person, before } of items)
        await db
          .insertInto('campaign_item')
          .values({
            campaign: id,
            person,
            before: JSON.stringify(before),
            verdict: null,
            after: null,
            decided_by: null,
            decided_at: null,
            reason: null,
          })
          .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? campaignOf(row) : null
    },
    async running() {
      const row = await all().where('closed_at', 'is', null).executeTakeFirst()
      return row ? campaignOf(row) : null
    },
    async list() {
      return (await all().orderBy('id', 'desc').execute()).map(campaignOf)
    },
    async items(id) {
      const rows = await db
        .selectFrom('campaign_item')
        .selectAll()
        .where('campaign', '=', id)
        .orderBy('person')
        .execute()
      return rows.map(itemOf)
    },
    async lastDecisions(people) {
      if (people.length === 0) return new Map()
      const rows = await db
        .selectFrom('campaign_item')
        .selectAll()
        .where('person', 'in', [...people])
        .where('decided_at', 'is not', null)
        .orderBy('decided_at')
        .execute()
      return new Map(
        rows.flatMap((row) => {
          const { person, decision } = itemOf(row)
          return decision === null ? [] : [[person, { ...decision, campaign: row.campaign as CampaignId }] as const]
        }),
      )
    },
    async decide(id, person, { verdict, after, by, at, reason }) {
      const done = await db
        .updateTable('campaign_item')
        .set({
          verdict,
          after: after === null ? null : JSON.stringify(after),
          decided_by: by,
          decided_at: at,
          reason,
        })
        .where('campaign', '=', id)
        .where('person', '=', person)
        .where('decided_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async close(id, by, at) {
      const done = await db
        .updateTable('campaign')
        .set({ closed_by: by, closed_at: at })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async newlyOverdue(now) {
      const rows = await all()
        .where('closed_at', 'is', null)
        .where('due_at', '<=', now)
        .where('overdue_at', 'is', null)
        .execute()
      return rows.map(campaignOf)
    },
    async markOverdue(id, now) {
      const done = await db
        .updateTable('campaign')
        .set({ overdue_at: now })
        .where('id', '=', id)
        .where('overdue_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}
