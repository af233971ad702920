// Which changes approved beforehand there are for what is chosen, with their limits and their way back.

import { Text } from '@mantine/core'
import type { AccessRulesView } from '../../../gateway/contract/views.ts'
import { formatMinutes } from '../time/duration.ts'
import type { AskDraft } from './ask.ts'

export type StandardChange = AccessRulesView['standardChanges'][number]

/** Those that are about every chosen asset. */
function aboutAll(changes: readonly StandardChange[], { asset, others }: AskDraft): readonly StandardChange[] {
  return changes.filter((change) => [asset, ...others].every((each) => change.assets.includes(each)))
}

/** Drawn where the tier is only for what is approved beforehand. */
export function Standard({ draft, changes }: { draft: AskDraft; changes: readonly StandardChange[] }) {
  if (draft.asset === '') return null
  const fitting = aboutAll(changes, draft)
  if (fitting.length === 0) {
    return (
      <p className="sp-notice" data-tone="warn" role="status">
        No change of this kind is approved beforehand for what you chose. Ask as a normal change.
      </p>
    )
  }
  return (
    <div className="sp-notice" data-tone="info" role="status">
      <Text size="sm" fw={600}>
        Approved beforehand for what you chose
      </Text>
      <ul className="sp-list">
        {fitting.map(({ id, title, operationClass, maxWindowMinutes, until, rollback }) => (
          <li key={id}>
            <b>{title}</b> At most {operationClass}, {formatMinutes(maxWindowMinutes)} at a stretch, over by {until}.
            Its rollback plan goes with the request: {rollback}
          </li>
        ))}
      </ul>
    </div>
  )
}
