// Makes the replay indexes of sessions that have ended, so that nobody waits for a long recording to be read.

import type { SessionId } from '../../policy/index.ts'
import { RecorderError } from '../../recorder/index.ts'
import { GatewayError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Recordings } from './recordings.ts'
import type { ReplayIndexes } from './replay-indexes.ts'

/** Gives a round: called every little while, it sees which sessions have ended since, and makes theirs. */
export function openReplayMaker(deps: {
  readonly registry: Pick<Registry, 'all'>
  readonly recordings: Pick<Recordings, 'hold' | 'key' | 'channels'>
  readonly indexes: Pick<ReplayIndexes, 'prepare'>
  readonly log: Log
}): () => Promise<void> {
  const { registry, recordings, indexes, log } = deps
  let living = new Set<SessionId>()

  async function prepare(session: SessionId): Promise<void> {
    try {
      const channels = await recordings.channels(session)
      const key = await recordings.key(session)
      const { dir, release } = await recordings.hold(session)
      const recording = { session, dir, key, lives: false }
      const numbers = channels.map(({ channel }) => channel)
      await indexes.prepare(recording, numbers).finally(release)
    } catch (err) {
      // It is made when somebody asks for it, who is told then.
      if (!(err instanceof RecorderError || err instanceof GatewayError)) throw err
      log.warn({ err, sessionId: session }, 'Replay index not made ahead')
    }
  }

  return async () => {
    const now = new Set(registry.all().map(({ facts }) => facts.id))
    const ended = [...living].filter((id) => !now.has(id))
    living = now
    for (const session of ended) await prepare(session)
  }
}
