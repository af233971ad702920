// One request: where it stands, what was asked, what the policy and the approvers said, and how to connect.

import { Button, Stack } from '@mantine/core'
import { IconArrowLeft, IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { RequestView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { myRequestsQuery, requestQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Failure, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Verdict } from '../display/reasons.tsx'
import { grantWords, requestWords, tierWords } from '../display/words.ts'
import { ConcernButton } from '../oversight/concern-button.tsx'
import { usePerson } from '../session/person.ts'
import { WindowTimes } from '../time/when.tsx'
import { ConnectPanel } from './connect-panel.tsx'
import { OwnSessions } from './own-sessions.tsx'
import { Steps } from './steps.tsx'

const route = getRouteApi('/inside/requests/$id')

function Withdraw({ id }: { id: string }) {
  const withdraw = useChange({
    run: () => client.call('withdraw', { params: { id } }),
    touches: ['requests'],
    says: 'The request is withdrawn.',
  })
  return (
    <Stack gap="xs" mt="md">
      {withdraw.isError && <Failure problem={withdraw.error} />}
      <Button
        variant="default"
        size="xs"
        loading={withdraw.isPending}
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        onClick={() => withdraw.mutate()}
      >
        Withdraw request
      </Button>
    </Stack>
  )
}

/** What still waits of the assets that were asked for together. */
function WithdrawSet({ set }: { set: string }) {
  const waiting = useQuery(myRequestsQuery).data?.items.filter((one) => one.set === set && one.state === 'submitted')
  const withdraw = useChange({
    run: () => client.call('withdrawSet', { params: { id: set } }),
    touches: ['requests'],
    says: 'What still waited of the set is withdrawn.',
  })
  if (waiting === undefined || waiting.length < 2) return null
  return (
    <Stack gap="xs" mt="xs">
      {withdraw.isError && <Failure problem={withdraw.error} />}
      <Button
        variant="default"
        size="xs"
        loading={withdraw.isPending}
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        onClick={() => withdraw.mutate()}
      >
        Withdraw all {waiting.length} that wait of this set
      </Button>
    </Stack>
  )
}

function Asked({ request }: { request: RequestView }) {
  const granted = request.grant?.window
  const other =
    granted !== undefined && (granted.from !== request.window.from || granted.until !== request.window.until)
  return (
    <Panel title="What was asked">
      <Facts
        names="long"
        of={[
          ['Asset', `${request.assetName} (${request.asset})`],
          ['Access', `${request.operationClass}, over ${request.protocol.toUpperCase()}`],
          ['Asked window', <WindowTimes key="asked" window={request.window} zone={request.timeZone} />],
          ['Granted window', other && <WindowTimes key="granted" window={granted} zone={request.timeZone} />],
          ['How often', request.schedule.kind !== 'whole' && request.scheduleText],
          ['Kind of change', tierWords[request.tier].word],
          ['Standard change', request.standardChange?.title ?? null],
          ['Purpose', request.purpose],
          ['Ticket', request.ticket],
          ['Rollback', request.rollback],
          ['Files', request.files.map(({ name }) => name).join(', ')],
          ['Conditions', request.terms.conditions],
          ['Baseline', request.baseline],
          ['Escort', request.terms.escort && 'somebody of the plant has to be attached'],
          ['Request', <code key="id">{request.id}</code>],
        ]}
      />
    </Panel>
  )
}

function Request({ request }: { request: RequestView }) {
  const mine = usePerson().id === request.by.id
  const open = request.grant !== null && (request.grant.state === 'active' || request.grant.state === 'scheduled')
  return (
    <div className="sp-split" data-first={mine && open ? 'main' : 'aside'}>
      <Stack gap="md">
        {mine && open && request.grant !== null && <ConnectPanel grant={request.grant} zone={request.timeZone} />}
        {mine && request.grant !== null && <OwnSessions grant={request.grant} zone={request.timeZone} />}
        <Asked request={request} />
        <Panel title="What the policy said">
          <Verdict decision={request.decision} permit="Policy permits asking" deny="Policy refused" />
        </Panel>
      </Stack>
      <aside>
        <Panel
          title="Where it stands"
          aside={<Badge of={request.grant === null ? requestWords[request.state] : grantWords[request.grant.state]} />}
        >
          <Steps request={request} />
          {mine && request.state === 'submitted' && <Withdraw id={request.id} />}
          {mine && request.set !== null && <WithdrawSet set={request.set} />}
        </Panel>
      </aside>
    </div>
  )
}

export function RequestPage() {
  const { id } = route.useParams()
  const request = useQuery(requestQuery(id))
  return (
    <Page
      title={request.data === undefined ? 'Request' : `Access to ${request.data.assetName}`}
      lead={
        <Link to="/requests" className="sp-link">
          <IconArrowLeft size={14} aria-hidden /> My requests
        </Link>
      }
      actions={request.data !== undefined && <ConcernButton asset={request.data.asset} />}
    >
      <Loaded from={request}>{(read) => <Request request={read} />}</Loaded>
    </Page>
  )
}
