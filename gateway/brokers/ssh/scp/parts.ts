// What every file program on a channel is given, whichever it is.

import type { Client, ServerChannel } from 'ssh2'
import type { Log } from '../../../log.ts'
import type { BrokeredSession, ChannelRecord } from '../../broker.ts'
import type { Relay } from '../relay.ts'
import type { FindPlace } from './places.ts'

export interface ProgramParts {
  /** The client's channel. */
  readonly channel: ServerChannel
  /** The leg to the target. */
  readonly target: Client
  readonly session: BrokeredSession
  readonly record: ChannelRecord
  readonly find: FindPlace
  readonly log: Log
  /** From here on the connection tells it what may pass, and that it ends. */
  relaying(relay: Relay): void
}

/** What a program came to: it ran to its end, or there was nothing to run, for this reason. */
export type Ran = { readonly kind: 'ran'; readonly relay: Relay } | { readonly kind: 'refused'; readonly text: string }
