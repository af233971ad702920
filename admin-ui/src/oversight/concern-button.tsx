// Telling what nearly went wrong, from where it was seen. Nobody is blamed for it, and who likes gives no name.

import { Button, Checkbox, Text } from '@mantine/core'
import { IconMessageReport } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'

/** What it is about: a session says its asset by itself. */
interface About {
  readonly session?: string
  readonly asset?: string
}

function ConcernDialog({ about, onClose }: { about: About; onClose: () => void }) {
  const [anonymous, setAnonymous] = useState(false)
  const report = useChange({
    run: (what: string) => client.call('reportConcern', { body: { what, anonymous, ...about } }),
    touches: ['concerns'],
    says: 'Thank you. The concern is with the ISMS manager.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="Report a concern"
      label="What happened, or could have"
      hint="In your own words. What somebody else may learn from it is enough."
      confirm="Report"
      pending={report.isPending}
      problem={report.error}
      options={
        <Checkbox
          label="Without my name"
          description="Then it is kept nowhere, and nobody can ask you back"
          checked={anonymous}
          onChange={(event) => setAnonymous(event.currentTarget.checked)}
        />
      }
      onConfirm={(what) => report.mutate(what)}
      onClose={onClose}
    >
      Nobody is blamed for what is told here, who tells it least of all. Only the ISMS manager reads who it was.
      {about.session !== undefined && (
        <Text size="xs" c="dimmed" mt={6}>
          The session goes with it, and may say who you are.
        </Text>
      )}
    </ReasonDialog>
  )
}

/** `small`: beside other buttons of a row. */
export function ConcernButton({ small = false, ...about }: About & { small?: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size={small ? 'xs' : 'sm'}
        variant="default"
        leftSection={<IconMessageReport size={small ? 14 : 16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Report a concern
      </Button>
      {open && <ConcernDialog about={about} onClose={() => setOpen(false)} />}
    </>
  )
}
