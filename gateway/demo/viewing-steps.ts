// The scripted demo where recordings are looked at: one that its rules have looked at by two, and a search over all that
// the auditor may view.

import type {
  ListView,
  ProblemView,
  RecordingView,
  ReplayView,
  SearchIndexView,
  SearchOpenedView,
  SearchView,
  ViewingView,
} from '../contract/views.ts'
import { ensure } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { problemOf, type ApiVisitor } from './api-visitor.ts'
import { until, type Steps } from './steps.ts'

/** Its recordings show operators at work: see handling.yaml of the demo's bundle. */
const byTwo = 'hmi-3'
const purpose = { purpose: 'incident 17: who read the fault of drive 12' }
const query = '"fault F0012" overtemperature'

/**
 * Plays it.
 * @param session one whose recording the query is to find.
 * @throws StepFailed with the step that went wrong.
 */
export async function playViewing(steps: Steps, actors: Actors, auditor: ApiVisitor, session: string): Promise<void> {
  await steps.run('viewing', async () => {
    const { items } = await auditor.ok<ListView<RecordingView>>('GET', '/recordings')
    const recording = items.find((item) => item.session.asset === byTwo)
    ensure(recording !== undefined, `a recording of ${byTwo}`, `${items.length} others`)
    const path = `/recordings/${recording.session.id}`
    const early = await auditor.call<ProblemView>('POST', `${path}/replay`, purpose)
    ensure(early.status !== 200, 'no replay before a second person agreed', `status ${early.status}`)
    const asked = await auditor.ok<ViewingView>('POST', `${path}/viewings`, purpose)
    const manager = await actors.visitor('manager')
    await manager.ok<ViewingView>('POST', `/viewings/${asked.id}/confirm`)
    const { channels } = await auditor.ok<ReplayView>('POST', `${path}/replay`, purpose)
    ensure(channels.length > 0, 'something to look at', 'a recording without channels')
    return {
      value: null,
      line: `a recording of ${byTwo} is looked at by two: the ISMS manager agrees, and the auditor may for half an hour; before:`,
      details: [problemOf(early)],
    }
  })

  await steps.run('search', async () => {
    await until(async () => {
      const { partial, failed } = await auditor.ok<SearchIndexView>('GET', '/search-index')
      ensure(failed === 0, 'an index of every recording', `${failed} that could not be read`)
      return partial === 0 ? true : null
    })
    const { token, index } = await auditor.ok<SearchOpenedView>('POST', '/searches', purpose)
    const { hits } = await auditor.ok<SearchView>('POST', `/searches/${token}/hits`, { query })
    const hit = hits.find((each) => each.session === session)
    ensure(hit !== undefined, `a hit in ${session}`, `${hits.length} others`)
    const text = hit.snippet.map((piece) => (piece.hit ? `[${piece.text}]` : piece.text)).join('')
    return {
      value: null,
      line: `auditor searches ${index.recordings} recordings for ${query}: ${hits.length} found, ${hit.side} on ${hit.asset}:`,
      details: [text],
    }
  })
}
