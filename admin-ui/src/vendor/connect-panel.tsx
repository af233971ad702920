// How to connect: the exact command, the gateway's host key to compare, and what to expect. People use their own client.

import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { GrantView } from '../../../gateway/contract/views.ts'
import { statusQuery } from '../api/queries.ts'
import { CopyLine } from '../display/copy-line.tsx'
import { Panel } from '../display/page.tsx'
import { Moment, TimeLeft, When } from '../time/when.tsx'

function HostKey() {
  const ssh = useQuery(statusQuery).data?.ssh
  if (ssh === undefined) return null
  return (
    <div>
      <Text size="sm" mb={4}>
        The first time, ssh shows a fingerprint of <b>{ssh.host}</b>. Go on only if it is this one:
      </Text>
      <CopyLine text={ssh.fingerprint} label="fingerprint" />
    </div>
  )
}

/** For the person whose grant it is. */
export function ConnectPanel({ grant, zone }: { grant: GrantView; zone: string }) {
  if (grant.connect === null) {
    return (
      <Panel title="How to connect">
        <Text size="sm">
          Your access opens <When at={grant.window.from} zone={zone} />. The command stands here then.
        </Text>
      </Panel>
    )
  }
  return (
    <Panel
      title="How to connect"
      aside={
        <Text size="sm" fw={600}>
          <TimeLeft until={grant.window.until} />
        </Text>
      }
    >
      <Stack gap="md">
        <div>
          <Text size="sm" mb={4}>
            Run this in a terminal, or take host, port and user name over into PuTTY:
          </Text>
          <CopyLine text={grant.connect} label="command" />
        </div>
        <HostKey />
        <ul className="sp-list">
          <li>Log in with your public key or password, then the code your authenticator shows.</li>
          <li>Everything in the session is recorded and can be watched by the plant.</li>
          <li>
            The session ends by itself at <Moment at={grant.window.until} zone={zone} />. The terminal warns you before.
          </li>
        </ul>
      </Stack>
    </Panel>
  )
}
