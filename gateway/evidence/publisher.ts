// The ledger as static files in the folder `evidence.publishFolder` (C2SP tlog-tiles), brought up to each new checkpoint. A folder
// that cannot be written, or that holds something else, is told in the log and tried again: the ledger itself is whole.

import { publishLedger, RecorderError, tidyPublished } from '../../recorder/index.ts'
import type { Log } from '../log.ts'
import type { Evidence } from '../store/evidence.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Setbacks } from './setbacks.ts'

export interface Publisher {
  /** Publishes the newest checkpoint where it is not there yet. Never throws for what the folder does. */
  round(): Promise<void>
}

export function openPublisher(deps: {
  readonly evidence: Pick<Evidence, 'hashes' | 'someEntries' | 'root'>
  readonly checkpoints: Pick<Checkpoints, 'latest'>
  readonly folder: string
  readonly log: Log
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
}): Publisher {
  const { evidence, checkpoints, folder, log, setbacks } = deps
  let published = ''
  let tidied = false
  /** Told once, until it is another. */
  let told = ''

  async function publish(note: string): Promise<void> {
    // Drafts of a crash; nobody else writes there.
    if (!tidied) await tidyPublished(folder)
    tidied = true
    await publishLedger(folder, Buffer.from(note, 'utf8'), {
      hashes: (level, first, count) => evidence.hashes(level, first, count),
      entries: (first, until) => evidence.someEntries(first, until),
      root: (size) => evidence.root(size),
    })
  }

  return {
    async round() {
      const newest = await checkpoints.latest()
      if (newest === null || newest.note === published) return
      try {
        await publish(newest.note)
        published = newest.note
        told = ''
        await setbacks?.worked('publication', folder)
      } catch (err) {
        if (!(err instanceof RecorderError) && !(err instanceof Error && 'code' in err)) throw err
        if (told !== err.message) log.error({ err, folder }, 'Ledger not published')
        told = err.message
        await setbacks?.failed('publication', folder, err.message)
      }
    },
  }
}
