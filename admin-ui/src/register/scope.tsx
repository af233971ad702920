// What the register speaks about: the scope of the ISMS by version and statement, and what is named as outside of it.

import { Text, Title } from '@mantine/core'
import type { RegisterView } from '../../../gateway/contract/views.ts'
import { Fact } from '../display/facts.tsx'
import { Sign } from '../display/badge.tsx'
import { controlMeanings, controlWords } from '../display/words.ts'
import { attention } from './order.ts'

function Legend() {
  return (
    <details className="sp-legend">
      <summary>What the states mean</summary>
      <dl>
        {attention.map((state) => (
          <div key={state}>
            <dt data-tone={controlWords[state].tone}>
              <Sign mark={controlWords[state].mark} /> {controlWords[state].word}
            </dt>
            <dd>{controlMeanings[state]}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

export function Scope({ register }: { register: RegisterView }) {
  return (
    <section className="sp-card sp-scope" aria-label="Scope">
      <div>
        <Title order={2}>Scope {register.scopeVersion}</Title>
        <Text size="sm" mt={4}>
          {register.statement}
        </Text>
        <Text size="sm" c="dimmed" mt="sm">
          Each row says whether this gateway holds evidence for a control. It supports an assessment; it does not
          replace one.
        </Text>
        <div className="sp-scope-facts">
          <Fact name="Ledger entries read">{register.ledgerSize.toLocaleString('en-GB')}</Fact>
        </div>
        <Legend />
      </div>
      <div>
        <Title order={3}>Not covered</Title>
        {register.notCovered.length === 0 ? (
          <Text size="sm" c="dimmed">
            No exclusion is declared.
          </Text>
        ) : (
          <ul className="sp-list">
            {register.notCovered.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
