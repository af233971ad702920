// One request to be answered, reached from a message. The answer is given as on the queue.

import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconArrowLeft } from '@tabler/icons-react'
import { assetsQuery, requestQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { RequestCard } from './request-card.tsx'

const one = getRouteApi('/inside/approvals/$id')

const back = (
  <Link to="/approvals" className="sp-link">
    <IconArrowLeft size={14} aria-hidden /> All approvals
  </Link>
)

export function OneRequestPage() {
  const { id } = one.useParams()
  const request = useQuery(requestQuery(id))
  const assets = useQuery(assetsQuery).data?.items ?? []
  return (
    <Page title="Approval" lead={back}>
      <Loaded from={request} rows={3}>
        {(read) => <RequestCard request={read} asset={assets.find((asset) => asset.id === read.asset) ?? null} />}
      </Loaded>
    </Page>
  )
}
