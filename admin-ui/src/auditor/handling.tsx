// How a recording is handled: its labels, the rules about them, and what they come to.

import { Stack, Text } from '@mantine/core'
import type { HandlingView, RecordingView } from '../../../gateway/contract/views.ts'
import { Facts } from '../display/facts.tsx'
import { Panel } from '../display/page.tsx'

const exportWords: Readonly<Record<HandlingView['export'], string>> = {
  full: 'with its keys',
  'without-keys': 'only without its keys',
  refused: 'not at all',
}

export function Handling({ recording: { handling, labels } }: { recording: RecordingView }) {
  const { rules, roles, secondPerson, retention, maskPrompts, regions } = handling
  return (
    <Panel title="Handling">
      <Stack gap="sm">
        <Facts
          names="long"
          of={[
            ['Labels', labels.join(', ') || 'none'],
            ['Looked at by', roles === null ? 'auditors and ISMS managers' : roles.join(', ') || 'nobody'],
            ['Second person', secondPerson ? 'has to agree' : 'not needed'],
            ['Exported', exportWords[handling.export]],
            ['Kept', `${retention.keepDays} ${retention.keepDays === 1 ? 'day' : 'days'} at least: ${retention.text}`],
            ['Copies', regions !== null && (regions.length === 0 ? 'nowhere' : `only in ${regions.join(', ')}`)],
            ['Password prompts', maskPrompts ? 'masked' : 'not masked'],
          ]}
        />
        {rules.length > 0 && (
          <ul>
            {rules.map(({ id, text }) => (
              <li key={id}>
                <Text size="sm">
                  {text} <code>{id}</code>
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Panel>
  )
}
