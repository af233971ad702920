// What another bundle does to recordings that are kept: how many it makes due at once, how many earlier than now, and how
// many stay longer. Deletes nothing: what is due goes only when two people say so. Reads page by page.

import { handlingOfRecording, keptUntil, type Bundle, type Instant, type Paragraph } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { openTurns } from '../turns.ts'
import type { Store } from '../store/store.ts'
import { keptOf } from './keeping.ts'

export interface KeptCount {
  readonly recordings: number
  /** As they were measured when they were sealed. */
  readonly bytes: number
}

export interface RetentionImpact {
  /** Past their day under the new bundle and not under the old; held ones are not among them. */
  readonly dueNow: KeptCount
  /** Kept less long than now, and not due yet. */
  readonly earlier: KeptCount
  readonly longer: KeptCount
  /** Of those that would be kept less long: on legal hold, so that nothing changes for them now. */
  readonly held: KeptCount
}

const pageSize = 200
const none: KeptCount = { recordings: 0, bytes: 0 }
const plus = ({ recordings, bytes }: KeptCount, more: number): KeptCount => ({
  recordings: recordings + 1,
  bytes: bytes + more,
})

/** What becomes of every recording that is kept now. */
export async function retentionImpact(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  from: Bundle,
  to: Bundle,
): Promise<RetentionImpact> {
  const now: Instant = clock.now()
  const giveWay = openTurns()
  let impact: RetentionImpact = { dueNow: none, earlier: none, longer: none, held: none }
  for (let after: string | null = null; ;) {
    const page = await store.sessions.keptBefore(now + 1, { limit: pageSize, after })
    const bytes = await store.storage.bytesOf(page.map(({ id }) => id))
    for (const { session, keptUntil: before, holds } of await keptOf(store, from, page)) {
      if (session.endedAt === null || before === null) continue
      const then = keptUntil(session.endedAt, handlingOfRecording(to, session).retention)
      const size = bytes.get(session.id) ?? 0
      if (then > before) impact = { ...impact, longer: plus(impact.longer, size) }
      else if (then < before && holds.length > 0) impact = { ...impact, held: plus(impact.held, size) }
      else if (then < before && then <= now && now < before) impact = { ...impact, dueNow: plus(impact.dueNow, size) }
      else if (then < before && now < before) impact = { ...impact, earlier: plus(impact.earlier, size) }
      await giveWay()
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) return impact
    after = last.id
  }
}

/** The impact in words, for whoever compares or activates; none where nothing changes. */
export async function retentionWords(
  deps: { readonly store: Store; readonly clock: Clock },
  from: Bundle,
  to: Bundle,
): Promise<readonly Paragraph[]> {
  const { dueNow, earlier, longer, held } = await retentionImpact(deps, from, to)
  const line = (words: string, { recordings, bytes }: KeptCount): string[] =>
    recordings === 0 ? [] : [`${recordings} ${recordings === 1 ? 'recording' : 'recordings'} (${bytes} bytes) ${words}`]
  const lines = [
    ...line('would be due for deletion at once', dueNow),
    ...line('would be kept less long', earlier),
    ...line('on legal hold would be kept less long once it is released', held),
    ...line('would be kept longer', longer),
  ]
  return lines.length === 0 ? [] : [{ title: 'What is kept of recordings', lines }]
}
