// Takes evidence out: asks why, fetches the export, hands it to the browser as a file, and says how to check it.

import { Button, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { unreachable } from '../api/problem.ts'
import { formatBytes } from '../display/bytes.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { usePlant, usePlantName } from '../session/plant-choice.tsx'
import { AgreementChoice } from './agreement-choice.tsx'
import { fileNameOf } from './file-name.ts'
import { saveFile } from './save-file.ts'

/** `sessions` empty means every sealed recording. */
export function ExportButton({ sessions }: { sessions: readonly string[] }) {
  const [open, setOpen] = useState(false)
  const [agreement, setAgreement] = useState('')
  const plant = usePlant()
  const plantName = usePlantName()
  const [saved, setSaved] = useState<string | null>(null)
  const download = useChange({
    run: async (purpose: string) => {
      const answer = await client.send('export', {
        body: {
          sessions: [...sessions],
          purpose,
          ...(plant !== '' && { plants: [plant] }),
          ...(agreement !== '' && { agreement }),
        },
      })
      const name = fileNameOf(answer.headers.get('content-disposition')) ?? 'sallyport-export.tar'
      const file = await answer.blob().catch((cause: unknown) => {
        throw unreachable(cause)
      })
      saveFile(file, name)
      return `${name}, ${formatBytes(file.size)}`
    },
    touches: ['evidence'],
    onDone: (file) => {
      setSaved(file)
      setOpen(false)
    },
  })
  return (
    <div className="sp-export">
      <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Download evidence
      </Button>
      {saved !== null && (
        <Text size="xs" c="dimmed" role="status">
          Saved {saved}
        </Text>
      )}
      {open && (
        <ReasonDialog
          title="Download evidence"
          label="Purpose"
          hint="Why the evidence is taken out. This is evidence itself."
          confirm="Download"
          pending={download.isPending}
          problem={download.error}
          onConfirm={(purpose) => download.mutate(purpose)}
          onClose={() => setOpen(false)}
          options={<AgreementChoice value={agreement} onChange={setAgreement} />}
        >
          {whatYouGet(sessions.length, plantName, agreement)} Check it on your own machine, without this gateway:
          <code className="sp-block">
            tar -xf sallyport-export-….tar{'\n'}sallyport verify export --trust trust.json
          </code>
          Take the trust file from the gateway’s operator by another way than this page, or compare its keys.
        </ReasonDialog>
      )}
    </div>
  )
}

function whatYouGet(sessions: number, plant: string, agreement: string): string {
  const what = sessions === 0 ? 'every sealed recording' : 'the sealed recording of this session'
  const where = plant === '' ? '' : ` of ${plant}`
  return agreement === ''
    ? `You get ${what}${where}, with the ledger around it.`
    : `You get what the agreement covers of ${what}${where}, and the ledger entries it covers, each with its proof.`
}
