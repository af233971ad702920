// What the pages read, as query options: one key, one call and one rhythm a view. Lists that people watch are read again
// every few seconds while the page is in front; the rest when it is opened.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { setGatewayTime } from '../time/clock.ts'
import { client } from './gateway.ts'

/** How often a watched list is read again, in milliseconds. */
export const watchEvery = 2500
const pageSize = 50

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => client.call('me', { signal }),
  staleTime: Infinity,
  retry: false,
})

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: async ({ signal }) => {
    const status = await client.call('status', { signal })
    setGatewayTime(status.now)
    return status
  },
  staleTime: 30_000,
  refetchInterval: 60_000,
})

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => client.call('health', { signal }),
  refetchInterval: 10_000,
})

export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: ({ signal }) => client.call('assets', { signal }),
  staleTime: 10_000,
  refetchInterval: 15_000,
})

export const accessRulesQuery = queryOptions({
  queryKey: ['access-rules'],
  queryFn: ({ signal }) => client.call('accessRules', { signal }),
  staleTime: 60_000,
})

export const myRequestsQuery = queryOptions({
  queryKey: ['requests', 'mine'],
  queryFn: ({ signal }) => client.call('requests', { query: { mine: true, limit: 100 }, signal }),
  refetchInterval: watchEvery,
})

export type RequestFilter = 'submitted' | 'approved' | 'refused' | 'all'

export const queueQuery = (filter: RequestFilter) =>
  queryOptions({
    queryKey: ['requests', 'queue', filter],
    queryFn: ({ signal }) =>
      client.call('requests', { query: { state: filter === 'all' ? null : filter, limit: 100 }, signal }),
    refetchInterval: watchEvery,
  })

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'one', id],
    queryFn: ({ signal }) => client.call('request', { params: { id }, signal }),
    refetchInterval: watchEvery,
  })

/** @param plant empty for all that the person reads of, here and below. */
export const openGrantsQuery = (plant: string) =>
  queryOptions({
    queryKey: ['grants', 'open', plant],
    queryFn: ({ signal }) => client.call('grants', { query: { state: 'open', plant, limit: 100 }, signal }),
    refetchInterval: watchEvery,
  })

export const liveSessionsQuery = (plant: string) =>
  queryOptions({
    queryKey: ['sessions', 'live', plant],
    queryFn: ({ signal }) => client.call('sessions', { query: { state: 'live', plant, limit: 100 }, signal }),
    refetchInterval: watchEvery,
  })

/** Of somebody who sees their own alone, newest first. */
export const ownSessionsQuery = queryOptions({
  queryKey: ['sessions', 'own'],
  queryFn: ({ signal }) => client.call('sessions', { query: { state: 'all', limit: 100 }, signal }),
  refetchInterval: watchEvery,
})

export const seenQuery = queryOptions({
  queryKey: ['seen'],
  queryFn: ({ signal }) => client.call('seenAddresses', { query: { limit: 100 }, signal }),
  refetchInterval: 30_000,
})

export const socketsQuery = queryOptions({
  queryKey: ['sessions', 'sockets'],
  queryFn: ({ signal }) => client.call('sockets', { signal }),
  refetchInterval: 10_000,
})

export const suspensionsQuery = queryOptions({
  queryKey: ['suspensions'],
  queryFn: ({ signal }) => client.call('suspensions', { query: { state: 'open' }, signal }),
  refetchInterval: watchEvery,
})

export const presencesQuery = queryOptions({
  queryKey: ['presences'],
  queryFn: ({ signal }) => client.call('presences', { signal }),
  refetchInterval: watchEvery,
})

export const physicalQuery = queryOptions({
  queryKey: ['physical'],
  queryFn: ({ signal }) => client.call('physical', { signal }),
  refetchInterval: watchEvery,
})

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  queryFn: ({ signal }) => client.call('targets', { query: { limit: 200 }, signal }),
})

export const drillsQuery = queryOptions({
  queryKey: ['drills'],
  queryFn: ({ signal }) => client.call('drills', { signal }),
})

export const delegationsQuery = queryOptions({
  queryKey: ['delegations'],
  queryFn: ({ signal }) => client.call('delegations', { signal }),
  refetchInterval: 10_000,
})

export const attestationsQuery = queryOptions({
  queryKey: ['attestations'],
  queryFn: ({ signal }) => client.call('attestations', { signal }),
})

export const trainingsQuery = queryOptions({
  queryKey: ['trainings'],
  queryFn: ({ signal }) => client.call('trainings', { signal }),
})

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => client.call('people', { signal }),
})

export const machinesQuery = queryOptions({
  queryKey: ['machines'],
  queryFn: ({ signal }) => client.call('machines', { signal }),
})

export const suppliersQuery = queryOptions({
  queryKey: ['suppliers'],
  queryFn: ({ signal }) => client.call('suppliers', { signal }),
  refetchInterval: 10_000,
})

export const supplierQuery = (id: string) =>
  queryOptions({
    queryKey: ['suppliers', id],
    queryFn: ({ signal }) => client.call('supplier', { params: { id }, signal }),
    refetchInterval: 10_000,
  })

export const bundleQuery = queryOptions({
  queryKey: ['bundle'],
  queryFn: ({ signal }) => client.call('bundle', { signal }),
  refetchInterval: 10_000,
})

export const bundleHistoryQuery = queryOptions({
  queryKey: ['bundle-history'],
  queryFn: ({ signal }) => client.call('bundleHistory', { query: { limit: pageSize }, signal }),
})

export const proposalsQuery = queryOptions({
  queryKey: ['proposals', 'open'],
  queryFn: ({ signal }) => client.call('proposals', { query: { state: 'open', limit: pageSize }, signal }),
  refetchInterval: 10_000,
})

export const proposalQuery = (id: string) =>
  queryOptions({
    queryKey: ['proposals', 'one', id],
    queryFn: ({ signal }) => client.call('proposal', { params: { id }, signal }),
  })

export const dossierQuery = (id: string) =>
  queryOptions({
    queryKey: ['dossier', id],
    queryFn: ({ signal }) => client.call('dossier', { params: { id }, signal }),
  })

export const scopeChangesQuery = queryOptions({
  queryKey: ['scope-changes'],
  queryFn: ({ signal }) => client.call('scopeChanges', { query: { state: 'open', limit: 100 }, signal }),
  refetchInterval: 10_000,
})

export const reviewsQuery = queryOptions({
  queryKey: ['reviews'],
  queryFn: ({ signal }) => client.call('reviews', { query: { state: 'open' }, signal }),
  refetchInterval: 10_000,
})

export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', id],
    queryFn: ({ signal }) => client.call('review', { params: { id }, signal }),
    refetchInterval: 10_000,
  })

export const platformReleasesQuery = queryOptions({
  queryKey: ['platform-releases'],
  queryFn: ({ signal }) => client.call('platformReleases', { signal }),
  refetchInterval: 30_000,
})

export const concernsQuery = queryOptions({
  queryKey: ['concerns'],
  queryFn: ({ signal }) => client.call('concerns', { query: { state: 'all' }, signal }),
  refetchInterval: 10_000,
})

export const incidentsQuery = queryOptions({
  queryKey: ['incidents'],
  queryFn: ({ signal }) => client.call('incidents', { query: { state: 'all', limit: 100 }, signal }),
  refetchInterval: 10_000,
})

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['incidents', id],
    queryFn: ({ signal }) => client.call('incident', { params: { id }, signal }),
    refetchInterval: 10_000,
  })

export const committeeQuery = (since: number) =>
  queryOptions({
    queryKey: ['committee', since],
    queryFn: ({ signal }) => client.call('committeePack', { query: { since }, signal }),
  })

export const storageQuery = (plant: string) =>
  queryOptions({
    queryKey: ['storage', plant],
    queryFn: ({ signal }) => client.call('storage', { query: { plant }, signal }),
    refetchInterval: 30_000,
  })

export const holdsQuery = queryOptions({
  queryKey: ['holds'],
  queryFn: ({ signal }) => client.call('holds', { query: { state: 'open' }, signal }),
  refetchInterval: 10_000,
})

export const dueQuery = queryOptions({
  queryKey: ['due-recordings'],
  queryFn: ({ signal }) => client.call('dueRecordings', { query: { limit: pageSize }, signal }),
})

export const deletionsQuery = queryOptions({
  queryKey: ['deletions'],
  queryFn: ({ signal }) => client.call('deletions', { query: { limit: 20 }, signal }),
  refetchInterval: 10_000,
})

export const erasuresQuery = queryOptions({
  queryKey: ['erasures'],
  queryFn: ({ signal }) => client.call('erasures', { query: { limit: 20 }, signal }),
  refetchInterval: 10_000,
})

export const samplesQuery = queryOptions({
  queryKey: ['samples'],
  queryFn: ({ signal }) => client.call('samples', { signal }),
})

export const campaignsQuery = queryOptions({
  queryKey: ['campaigns'],
  queryFn: ({ signal }) => client.call('campaigns', { signal }),
})

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id],
    queryFn: ({ signal }) => client.call('campaign', { params: { id }, signal }),
  })

export const exceptionsQuery = queryOptions({
  queryKey: ['exceptions'],
  queryFn: ({ signal }) => client.call('exceptions', { signal }),
})

export const risksQuery = queryOptions({
  queryKey: ['risks'],
  queryFn: ({ signal }) => client.call('risks', { signal }),
})

export const watchedRulesQuery = queryOptions({
  queryKey: ['watched-rules'],
  queryFn: ({ signal }) => client.call('watchedRules', { query: { days: 30 }, signal }),
})

export const recordingsQuery = (plant: string) =>
  infiniteQueryOptions({
    queryKey: ['recordings', 'list', plant],
    queryFn: ({ pageParam, signal }) =>
      client.call('recordings', { query: { plant, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 10_000,
  })

export const agreementsQuery = queryOptions({
  queryKey: ['agreements'],
  queryFn: ({ signal }) => client.call('agreements', { signal }),
})

export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', id],
    queryFn: ({ signal }) => client.call('recording', { params: { id }, signal }),
    // One that waits for a second person is watched too: their yes opens it.
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'live' || data?.mayView.kind === 'second-person' ? watchEvery : false,
  })

/** Those that wait are asked for by themselves: no number of newer ones hides them. */
export const filesQuery = queryOptions({
  queryKey: ['files'],
  queryFn: async ({ signal }) => {
    const [waiting, newest] = await Promise.all([
      client.call('files', { query: { limit: 100, waiting: 'true' }, signal }),
      client.call('files', { query: { limit: 100 }, signal }),
    ])
    const known = new Set(waiting.items.map(({ id }) => id))
    return { items: [...waiting.items, ...newest.items.filter(({ id }) => !known.has(id))] }
  },
  refetchInterval: watchEvery,
})

export const viewingsQuery = queryOptions({
  queryKey: ['viewings'],
  queryFn: ({ signal }) => client.call('viewings', { query: { limit: 100 }, signal }),
  refetchInterval: watchEvery,
})

/** Written every ten seconds of each living session: between them nobody would find the rest. They are shown when chosen. */
const oftenWritten = 'session.recording_head'

export const evidenceQuery = (filter: {
  readonly types: readonly string[]
  readonly session: string
  readonly plant: string
}) =>
  infiniteQueryOptions({
    queryKey: ['evidence', filter],
    queryFn: ({ pageParam, signal }) =>
      client.call('evidence', {
        query: {
          types: filter.types.join(','),
          without: filter.types.length === 0 ? oftenWritten : '',
          session: filter.session,
          plant: filter.plant,
          limit: pageSize,
          cursor: pageParam,
        },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })

export const coverageQuery = (plant: string) =>
  infiniteQueryOptions({
    queryKey: ['coverage', plant],
    queryFn: ({ pageParam, signal }) =>
      client.call('coverage', { query: { plant, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })

export const interfacesQuery = infiniteQueryOptions({
  queryKey: ['interfaces'],
  queryFn: ({ pageParam, signal }) =>
    client.call('interfaces', { query: { limit: pageSize, cursor: pageParam }, signal }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
})

export const informationQuery = infiniteQueryOptions({
  queryKey: ['information'],
  queryFn: ({ pageParam, signal }) =>
    client.call('information', { query: { limit: pageSize, cursor: pageParam }, signal }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
})

export const applicabilityQuery = (plant: string) =>
  queryOptions({
    queryKey: ['register', 'applicability', plant],
    queryFn: ({ signal }) => client.call('applicability', { query: { plant }, signal }),
  })

export const scopeFitQuery = queryOptions({
  queryKey: ['scope-fit'],
  queryFn: ({ signal }) => client.call('scopeFit', { signal }),
})

export const registerQuery = (plant: string) =>
  queryOptions({
    queryKey: ['register', 'controls', plant],
    queryFn: ({ signal }) => client.call('register', { query: { plant }, signal }),
    refetchInterval: 15_000,
  })
