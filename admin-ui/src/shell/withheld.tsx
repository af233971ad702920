// Said on every page to whoever holds together what a rule keeps apart: nobody loses a role without being told.

import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'

/** A rule's day is a day in UTC. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

export function Withheld() {
  const breaches = useQuery(meQuery).data?.breaches ?? []
  return breaches.map(({ rule, text, roles, duties, from, isEnforced, withheld }) => (
    <Alert
      key={rule}
      role="status"
      mb="md"
      className="sp-alert"
      color={isEnforced ? 'danger' : 'warning'}
      variant="light"
      icon={<IconAlertTriangle />}
      title={isEnforced ? 'Some of your roles are of no use' : 'You hold roles that will not go together'}
    >
      <Text size="sm">
        You hold {[...roles, ...duties.map((duty) => `duty ${duty}`)].join(' and ')}, which rule {rule} keeps apart
        {isEnforced ? ' since ' : ' from '}
        <time dateTime={dayOf(from)}>{dayOf(from)}</time> (UTC){isEnforced ? '' : ' on'}. {text}
      </Text>
      <Text size="sm">
        {isEnforced
          ? `Of no use until one of them is taken from you: ${[...withheld, ...duties].join(', ')}.`
          : 'Nothing is withheld before that day. Have somebody else take one of them from you.'}
      </Text>
    </Alert>
  ))
}
