// What a bundle would change, in words: what takes access away and what opens it first, then the rest; and the open access
// it would end.

import { Table, Text, Title } from '@mantine/core'
import type { ComparisonView, ParagraphView } from '../../../gateway/contract/bundle-views.ts'
import { toSentence } from '../api/problem.ts'
import { Rows } from '../display/rows.tsx'
import { RuleTexts } from './rule-texts.tsx'

export function Paragraphs({ of }: { of: readonly ParagraphView[] }) {
  return (
    <>
      {of.map(({ title, lines }) => (
        <section key={title} className="sp-paragraph">
          <Title order={3}>{toSentence(title).replace(/\.$/, '')}</Title>
          <ul className="sp-list">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

/** Sessions that end though their grants stay. */
function Unbelieved({ sessions, assets }: ComparisonView['unbelieved']) {
  if (sessions === 0) return null
  return (
    <Text size="sm">
      {sessions} live {sessions === 1 ? 'session' : 'sessions'} would end though{' '}
      {sessions === 1 ? 'its grant stays' : 'their grants stay'}: the host key of {assets.join(', ')} is believed no
      longer.
    </Text>
  )
}

function noneWords(grants: number): string {
  if (grants === 0) return 'No grant is open.'
  return grants === 1 ? 'The one open grant would stay.' : `None of the ${grants} open grants would end.`
}

function Ends({ comparison }: { comparison: ComparisonView }) {
  const { ends, grantsLookedAt, sessionsEnded, unbelieved } = comparison
  const withGrants = sessionsEnded - unbelieved.sessions
  if (ends.count === 0) {
    return (
      <Text size="sm" c="dimmed">
        {noneWords(grantsLookedAt)}
      </Text>
    )
  }
  return (
    <>
      <Text size="sm">
        {ends.count} of {grantsLookedAt} open grants would end, and {withGrants} live{' '}
        {withGrants === 1 ? 'session' : 'sessions'} with them.
      </Text>
      <Rows columns={['Person', 'Asset', 'Why']}>
        {ends.items.map(({ grant, person, asset, reasons, sessions }) => (
          <Table.Tr key={grant}>
            <Table.Td data-name="Person">{person.displayName}</Table.Td>
            <Table.Td data-name="Asset">
              {asset}
              {sessions.length > 0 && (
                <Text size="xs" c="dimmed">
                  connected now
                </Text>
              )}
            </Table.Td>
            <Table.Td data-name="Why">{reasons.map(({ text }) => toSentence(text)).join(' ')}</Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </>
  )
}

export function Comparison({ comparison }: { comparison: ComparisonView }) {
  return (
    <div className="sp-comparison">
      <section className="sp-paragraph">
        <Title order={3}>Open access</Title>
        <Ends comparison={comparison} />
        <Unbelieved {...comparison.unbelieved} />
      </section>
      <Paragraphs of={comparison.words} />
      <RuleTexts of={comparison.rules} />
      {comparison.warnings.length > 0 && (
        <section className="sp-paragraph">
          <Title order={3}>Warnings</Title>
          <ul className="sp-list">
            {comparison.warnings.map(({ file, line, path, reason }) => (
              <li key={`${file} ${line} ${path} ${reason}`}>
                <code>
                  {file}
                  {line === null ? '' : `:${line}`}
                </code>{' '}
                {toSentence(reason)}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
