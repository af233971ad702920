// The text of each rule that comes, goes or changes, as a patch shows it: the sign says it, the colour only helps.

import { Title } from '@mantine/core'
import type { RuleTextView } from '../../../gateway/contract/release-views.ts'

const signs = { same: ' ', gone: '−', come: '+' } as const
const spoken = { same: '', gone: 'was: ', come: 'will be: ' } as const

function Lines({ of }: { of: RuleTextView }) {
  return (
    <pre className="sp-rule-text">
      {of.lines.map(({ mark, text }, i) => (
        // A text has the same line more than once: its place is what tells one from the next.
        <span key={`${i} ${text}`} data-mark={mark}>
          <span aria-hidden>{signs[mark]} </span>
          <span className="sp-only-read">{spoken[mark]}</span>
          {text}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}

export function RuleTexts({ of }: { of: readonly RuleTextView[] }) {
  if (of.length === 0) return null
  return (
    <section className="sp-paragraph">
      <Title order={3}>Text of the rules</Title>
      {of.map((rule) => (
        <details key={rule.rule} open={of.length <= 3}>
          <summary>
            <code>{rule.rule}</code> {rule.kind}
          </summary>
          <Lines of={rule} />
        </details>
      ))}
    </section>
  )
}
