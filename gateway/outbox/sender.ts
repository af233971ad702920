// Sends what waits for one destination: in order, one message at a time, again and again until it is taken or its days
// are over. At least once: what was taken and could not be noted as taken goes out again under the same id. Nobody waits
// for it, and nothing it meets reaches a session or a transaction.

import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { StoredDelivery } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'
import type { Setbacks } from '../evidence/setbacks.ts'
import { waitAfter } from './backoff.ts'
import type { Channel, Outgoing } from './channel.ts'

export interface SenderDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** What a row has to say now; null when nothing any more, or nobody to say it to. */
  readonly compose: (row: StoredDelivery) => Promise<Outgoing | null>
  /** After so long a message that was not taken is given up, ms. */
  readonly giveUpMs: number
  /** From 0 (inclusive) to 1, for the jitter. */
  readonly random: () => number
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
}

export interface Sender {
  /** Sends what is due. Returns early where the destination is not to be had, or when `signal` fires. */
  run(signal: AbortSignal): Promise<void>
}

/** Rows read at a time: memory stays flat whatever waits. */
const batch = 20

export function openSender(channel: Channel, deps: SenderDeps): Sender {
  const { store, clock, log, compose, giveUpMs, random, setbacks } = deps
  const { destination } = channel
  /** How often in a row this destination was not to be had, and until when it is left alone. */
  let streak = 0
  let heldUntil = 0

  function hold(problem: unknown): void {
    streak += 1
    heldUntil = clock.now() + waitAfter(streak, random())
    if (streak === 1) log.warn({ destination, problem }, 'Messages cannot be sent for now')
  }

  function release(): void {
    if (streak > 0) log.info({ destination }, 'Messages are sent again')
    streak = 0
    heldUntil = 0
  }

  async function giveUp(row: StoredDelivery, problem: string): Promise<void> {
    await store.outbox.settle(row.id, 'failed', clock.now(), problem)
    log.error({ destination, message: row.id, type: row.type, problem }, 'A message was given up')
  }

  /** True when the next row may be tried at once. */
  async function sendOne(row: StoredDelivery, signal: AbortSignal): Promise<boolean> {
    if (clock.now() - row.createdAt >= giveUpMs) {
      await giveUp(row, row.problem ?? 'not sent in time')
      return true
    }
    const message = await compose(row)
    if (message === null) {
      await store.outbox.settle(row.id, 'moot', clock.now(), null)
      return true
    }
    const outcome = await channel.send(message, signal)
    switch (outcome.kind) {
      case 'delivered':
        release()
        await setbacks?.worked('messages', destination)
        await store.outbox.settle(row.id, 'delivered', clock.now(), null)
        return true
      case 'refused':
        release()
        await giveUp(row, outcome.problem)
        return true
      case 'failed':
        // Our own stop is not the message's fault: it goes first after the start.
        if (signal.aborted) return false
        await store.outbox.postpone(row.id, clock.now() + waitAfter(row.attempts + 1, random()), outcome.problem)
        if (outcome.scope === 'message') return true
        hold(outcome.problem)
        await setbacks?.failed('messages', destination, String(outcome.problem))
        return false
    }
  }

  return {
    async run(signal) {
      if (clock.now() < heldUntil) return
      try {
        for (;;) {
          const rows = await store.outbox.due(destination, clock.now(), batch)
          if (rows.length === 0) return
          for (const row of rows) if (signal.aborted || !(await sendOne(row, signal))) return
        }
      } catch (error) {
        // A store that cannot note what was sent would send it again every second.
        hold('the store')
        throw error
      }
    },
  }
}
