// Notifications, from cause to sent. The ledger is the outbox's source: what a transaction wrote there as evidence is
// what there is to tell, so no state changes without its message and no message goes out for what was rolled back. Here
// the ledger is read on from where it was left, each event becomes rows for whom it concerns, and senders send them.
// Losing mail never touches access, and access never waits for mail.

import type { Bundle, EvidenceEvent, World } from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Delivery, StoredDelivery } from '../store/outbox.ts'
import type { Store, Tables } from '../store/store.ts'
import { every } from '../tick.ts'
import type { Channel, Outgoing } from './channel.ts'
import type { ApprovalLinks } from './links.ts'
import { lookAt, type Look, type Told } from './look.ts'
import { isTold, tellOf } from './mapper.ts'
import { openSender, type SenderDeps } from './sender.ts'

export interface Outbox {
  /** Reads the ledger on and makes rows of what is to be told. */
  expand(): Promise<void>
  /** Sends what is due, everywhere; for tests and the command line. */
  deliver(signal?: AbortSignal): Promise<void>
  /** Forgets what was settled long ago. */
  prune(): Promise<void>
  /** Works by itself from now on; the function returned stops it and waits for a message under way at most a moment. */
  start(): () => Promise<void>
}

export interface OutboxDeps {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly world: () => World
  readonly channels: readonly Channel[]
  readonly links: ApprovalLinks
  readonly clock: Clock
  readonly log: Log
  readonly settings: {
    readonly retryDays: number
    readonly keepDays: number
    readonly linkHours: number
  }
  /** From 0 (inclusive) to 1, for the jitter of retries. */
  readonly random?: () => number
  readonly setbacks?: SenderDeps['setbacks']
}

const day = 86_400_000
const hour = 3_600_000
/** Events read at a time. */
const batch = 500

export function openOutbox(deps: OutboxDeps): Outbox {
  const { store, bundle, world, channels, links, clock, log, settings } = deps
  const giveUpMs = settings.retryDays * day
  const random = deps.random ?? Math.random
  const look = (tables: Tables): Look => lookAt(tables, bundle(), world(), clock.now())

  /** What the event says, or null. One that cannot be told is logged: the events behind it must not wait for it. */
  async function tell(event: EvidenceEvent, seen: Look): Promise<Told | null> {
    try {
      return await tellOf(event, seen)
    } catch (err) {
      if (err instanceof Error && 'code' in err && err.code === 'ERR_SQLITE_ERROR') throw err
      log.error({ err, index: event.index, type: event.type }, 'An event could not be told')
      return null
    }
  }

  /** A link for one reader, kept; null where nothing is asked. */
  async function linkFor(told: Told, reader: Told['people'][number], tables: Tables): Promise<string | null> {
    if (told.asks === null) return null
    const now = clock.now()
    const { request, digest } = told.asks
    const expiresAt = Math.min(now + settings.linkHours * hour, request.ask.window.until)
    const link = { id: mint.link(now), request: request.id, digest, person: reader.id, expiresAt }
    await links.issue(tables, link)
    return link.id
  }

  /**
   * One row for each who is told. @param seenGroups who was told of which group in this reading, so that a set of assets
   * asked for at once is one message.
   */
  async function rowsFor(
    event: EvidenceEvent,
    told: Told,
    tables: Tables,
    seenGroups: Set<string>,
  ): Promise<Delivery[]> {
    const rows: Delivery[] = []
    const now = clock.now()
    for (const { destination, wants } of channels) {
      if (!wants(event.type)) continue
      const core = { index: event.index, type: event.type, destination, createdAt: now }
      if (destination !== 'mail') {
        rows.push({ ...core, id: mint.message(now), person: null, link: null })
        continue
      }
      for (const reader of told.people) {
        if ((await tables.people.email(reader.id)) === null) continue
        const group = [event.type, told.group, reader.id].join(' ')
        if (typeof told.group === 'string' && seenGroups.has(group)) continue
        seenGroups.add(group)
        const link = await linkFor(told, reader, tables)
        rows.push({ ...core, id: mint.message(now), person: reader.id, link })
      }
    }
    return rows
  }

  async function expandBatch(from: number, until: number): Promise<void> {
    // What happened while the gateway stood still for longer than anything is retried is told to nobody any more.
    const oldest = clock.now() - giveUpMs
    const events: EvidenceEvent[] = []
    if (channels.length > 0)
      for await (const event of store.evidence.events(from, until))
        if (isTold(event.type) && event.at >= oldest) events.push(event)
    await store.bookkeep(async (tables) => {
      const seen = look(tables)
      const groups = new Set<string>()
      for (const event of events) {
        const told = await tell(event, seen)
        if (told !== null) await tables.outbox.insert(await rowsFor(event, told, tables, groups))
      }
      await tables.outbox.moveCursor(until)
    })
  }

  async function compose(row: StoredDelivery): Promise<Outgoing | null> {
    const event = await store.evidence.event(row.index)
    const told = event === null ? null : await tell(event, look(store))
    if (event === null || told === null) return null
    const core = { id: row.id, type: row.type, at: event.at, facts: told.facts }
    if (row.person === null) return { ...core, mail: null }
    const reader = await store.people.byId(row.person)
    const to = await store.people.email(row.person)
    // Whoever left, or took their address back, meanwhile.
    if (reader === null || reader.disabled || to === null) return null
    const letter = told.letter(reader)
    if (letter === null) return null
    const link = row.link === null ? null : await store.approvalLinks.byId(row.link)
    const open = link === null ? letter.open : `/approve?token=${links.tokenOf(link)}`
    return { ...core, mail: { to, letter: { ...letter, open } } }
  }

  const senders = channels.map((channel) => ({
    destination: channel.destination,
    sender: openSender(channel, {
      store,
      clock,
      log,
      compose,
      giveUpMs,
      random,
      ...(deps.setbacks && { setbacks: deps.setbacks }),
    }),
  }))

  /** What waits for a destination that is no longer configured is given up and shown, as what can't be delivered is. */
  async function dropOrphans(): Promise<void> {
    const known = new Set(senders.map(({ destination }) => destination))
    for (const destination of await store.outbox.destinations()) {
      if (known.has(destination)) continue
      for (;;) {
        const rows = await store.outbox.due(destination, Number.MAX_SAFE_INTEGER, batch)
        if (rows.length === 0) break
        for (const { id } of rows)
          await store.outbox.settle(id, 'failed', clock.now(), 'its destination is no longer configured')
      }
    }
  }

  const outbox: Outbox = {
    async expand() {
      const size = await store.evidence.size()
      for (let from = await store.outbox.cursor(); from < size; from += batch)
        await expandBatch(from, Math.min(from + batch, size))
    },
    async deliver(signal = new AbortController().signal) {
      await dropOrphans()
      await Promise.all(senders.map(({ sender }) => sender.run(signal)))
    },
    async prune() {
      await dropOrphans()
      const now = clock.now()
      await store.bookkeep((tables) => tables.outbox.prune(now - settings.keepDays * day, now))
    },
    start() {
      const stopping = new AbortController()
      const stops = [
        every(1_000, 'Reading the ledger for notifications', log, () => outbox.expand()),
        // Each destination in a round of its own: one that is slow holds up no other.
        ...senders.map(({ destination, sender }) =>
          every(1_000, `Sending to ${destination}`, log, () => sender.run(stopping.signal)),
        ),
        every(hour, 'Pruning notifications', log, () => outbox.prune()),
      ]
      return async () => {
        stopping.abort()
        await Promise.all(stops.map((stop) => stop()))
      }
    },
  }
  return outbox
}
