// What holds and what does not: chain, seal and ledger entry, checked by the gateway when somebody asks. The note says
// what this check cannot prove.

import { Button, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconShieldCheck } from '@tabler/icons-react'
import type { VerificationView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { When } from '../time/when.tsx'

/** Where a finding stands, without the session that the whole page is about. */
const shortPlace = (where: string, session: string): string =>
  where === session ? 'recording' : where.startsWith(`${session}/`) ? where.slice(session.length + 1) : where

function Findings({ result }: { result: VerificationView }) {
  const ordered = result.findings.toSorted((a, b) => Number(a.holds) - Number(b.holds))
  return (
    <div role="status">
      <div className="sp-verdict" data-tone={result.holds ? 'good' : 'bad'}>
        <p>
          {result.holds ? <IconCircleCheck size={18} aria-hidden /> : <IconCircleX size={18} aria-hidden />}
          <strong>{result.holds ? 'Verified: everything holds' : 'Not verified: something does not hold'}</strong>
        </p>
        <Text size="xs" c="dimmed">
          Checked <When at={result.checkedAt} />
        </Text>
      </div>
      <ul className="sp-findings">
        {ordered.map((finding) => (
          <li key={`${finding.where} ${finding.what}`} data-tone={finding.holds ? 'good' : 'bad'}>
            {finding.holds ? <IconCircleCheck size={16} aria-hidden /> : <IconCircleX size={16} aria-hidden />}
            <div>
              <span className="sp-finding-verdict">{finding.holds ? 'Holds' : 'Does not hold'}</span>{' '}
              <code>{shortPlace(finding.where, result.session)}</code>
              <div>{toSentence(finding.what)}</div>
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Verification({ session }: { session: string }) {
  const verify = useChange({ run: () => client.call('verify', { params: { id: session } }), touches: [] })
  return (
    <Panel title="Verification">
      <Stack gap="md">
        {verify.data === undefined && (
          <Text size="sm" c="dimmed">
            Checks the chain of every channel, the seal and its signature, and the entry in the ledger.
          </Text>
        )}
        {verify.isError && <Failure problem={verify.error} />}
        {verify.data !== undefined && <Findings result={verify.data} />}
        <Button
          variant={verify.data === undefined ? 'filled' : 'default'}
          loading={verify.isPending}
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          onClick={() => verify.mutate()}
        >
          {verify.data === undefined ? 'Verify now' : 'Verify again'}
        </Button>
        <Text size="xs" c="dimmed">
          This gateway checks its own work here. To trust nobody, download the evidence and run{' '}
          <code>sallyport verify</code> on your own machine.
        </Text>
      </Stack>
    </Panel>
  )
}
