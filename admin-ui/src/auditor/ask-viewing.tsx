// In the place of a replay that a second person has to agree to: why, asking for it, and what became of it.

import { Button, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RecordingView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { viewingsQuery } from '../api/queries.ts'
import { Empty } from '../display/loaded.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { usePerson } from '../session/person.ts'
import { Moment } from '../time/when.tsx'

export function AskViewing({ recording }: { recording: RecordingView }) {
  const { id } = recording.session
  const me = usePerson()
  const viewings = useQuery(viewingsQuery)
  const [asking, setAsking] = useState(false)
  const ask = useChange({
    run: (purpose: string) => client.call('askViewing', { params: { id }, body: { purpose } }),
    touches: ['viewings', 'recordings', 'evidence'],
    says: 'Asked. You are told when somebody has answered.',
    onDone: () => setAsking(false),
  })
  const waiting = viewings.data?.items.find(
    ({ session, viewer, state }) => session === id && viewer.id === me.id && state === 'asked',
  )
  return (
    <>
      <Empty icon={<IconUsers size={32} />} title="Looked at by two">
        <p>{toSentence(recording.mayView.text ?? '')}</p>
        {waiting === undefined ? (
          <Button onClick={() => setAsking(true)}>Ask for a second person</Button>
        ) : (
          <Text size="sm">
            You have asked; an answer is awaited until <Moment at={waiting.answerBy} />.{' '}
            <Link to="/viewings" className="sp-link">
              See all viewings
            </Link>
          </Text>
        )}
      </Empty>
      {asking && (
        <ReasonDialog
          title="Ask for a second person"
          label="Purpose"
          hint="Why you want to look at this recording. The second person reads it, and it is kept as evidence."
          confirm="Ask"
          pending={ask.isPending}
          problem={ask.error}
          onConfirm={(purpose) => ask.mutate(purpose)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
