// The line of a replay: where it is, when somebody typed, when nothing happened, and what is marked. The slider is the
// browser's own, so that keys, touch and screen readers work as everywhere.

import type { ReplayChannelView } from '../../../gateway/contract/views.ts'
import { formatPosition, sayPosition } from './position.ts'

/** What is shorter is drawn as wide as can be seen. */
const leastPercent = 0.25

interface Props {
  readonly channel: ReplayChannelView
  readonly at: number
  readonly onSeek: (at: number) => void
}

export function Timeline({ channel, at, onSeek }: Props) {
  const { duration, typed, idle, marks } = channel
  const length = Math.max(duration, 0.001)
  const left = (seconds: number): string => `${(100 * seconds) / length}%`
  const span = ({ from, until }: { readonly from: number; readonly until: number }) => ({
    left: left(from),
    width: `${Math.max(leastPercent, (100 * (until - from)) / length)}%`,
  })
  return (
    <div className="sp-timeline">
      <div className="sp-timeline-track" aria-hidden>
        {idle.map((each) => (
          <span key={each.from} className="sp-timeline-idle" style={span(each)} />
        ))}
        {typed.map((each) => (
          <span key={each.from} className="sp-timeline-typed" style={span(each)} />
        ))}
        {marks.map((each, n) => (
          <span key={n} className="sp-timeline-mark" data-kind={each.kind} style={{ left: left(each.at) }} />
        ))}
        <span className="sp-timeline-done" style={{ width: left(Math.min(at, length)) }} />
      </div>
      <input
        type="range"
        className="sp-timeline-slider"
        aria-label="Position"
        aria-valuetext={`${sayPosition(at)} of ${sayPosition(duration)}`}
        title={formatPosition(at)}
        min={0}
        max={length}
        step="any"
        value={Math.min(at, length)}
        onChange={(event) => onSeek(Number(event.currentTarget.value))}
      />
    </div>
  )
}
