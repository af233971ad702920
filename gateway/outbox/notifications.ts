// Puts notifications together for a gateway: ways out, approval links, the outbox, and the steps about requests that
// nobody answers.

import type { Bundle, World } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import { every } from '../tick.ts'
import { observeChannel } from '../dependencies/observed.ts'
import type { Uses } from '../dependencies/uses.ts'
import { openChannels } from './channels.ts'
import { linkKeyFrom, openApprovalLinks, type ApprovalLinks } from './links.ts'
import type { OutgoingMaterial } from './material.ts'
import { openOutbox, type OutboxDeps } from './outbox.ts'
import { openWaiting } from './waiting.ts'

export interface Notifications {
  readonly links: ApprovalLinks
  /** Works by itself from now on; the function returned stops it. */
  start(): () => Promise<void>
}

const waitingEveryMs = 5_000

export function openNotifications(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly world: () => World
  readonly config: Pick<Config, 'publicHost' | 'notify'>
  readonly outgoing: OutgoingMaterial
  readonly vaultKey: Secret<Uint8Array>
  /** The gateway's own address, as people open it. */
  readonly base: () => string
  readonly clock: Clock
  readonly log: Log
  readonly setbacks?: OutboxDeps['setbacks']
  /** Where it is noted how mail and webhooks fare. */
  readonly uses?: Uses
}): Notifications {
  const { store, bundle, world, config, outgoing, vaultKey, base, clock, log } = deps
  const links = openApprovalLinks({ store, clock }, linkKeyFrom(vaultKey))
  const { uses } = deps
  const channels = openChannels(outgoing, { clock, publicHost: config.publicHost, base }).map((channel) =>
    uses === undefined ? channel : observeChannel(channel, uses),
  )
  const outbox = openOutbox({
    store,
    bundle,
    world,
    channels,
    links,
    clock,
    log,
    settings: config.notify,
    ...(deps.setbacks && { setbacks: deps.setbacks }),
  })
  const waiting = openWaiting({ store, bundle, world, clock })
  return {
    links,
    start() {
      const stops = [outbox.start(), every(waitingEveryMs, 'Unanswered requests', log, () => waiting.sweep())]
      return async () => void (await Promise.all(stops.map((stop) => stop())))
    },
  }
}
