// What stands in the place of data: a skeleton while it is read, the problem and a way to try again when it could not
// be, and a next step when there is none.

import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ApiProblem, describe } from '../api/problem.ts'

/** Grey bars in the shape of a list. */
export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading" aria-busy>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={64} radius="md" />
      ))}
    </Stack>
  )
}

/** A failure in words, with a way to try again where there is one. */
export function Failure({ problem, retry }: { problem: unknown; retry?: () => void }) {
  const title = problem instanceof ApiProblem && problem.status === 0 ? 'No connection' : 'This did not work'
  return (
    <Alert role="alert" color="danger" variant="light" className="sp-alert" title={title} icon={<IconAlertTriangle />}>
      <Text size="sm">{describe(problem)}</Text>
      {problem instanceof ApiProblem && problem.problems.length > 0 && (
        <ul className="sp-list">
          {problem.problems.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {retry !== undefined && (
        <Group mt="sm">
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  )
}

interface EmptyProps {
  readonly icon: ReactNode
  readonly title: string
  readonly children?: ReactNode
}

/** Nothing here, and what to do next. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className="sp-empty">
      <span aria-hidden className="sp-empty-icon">
        {icon}
      </span>
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" c="dimmed" component="div" maw={440}>
          {children}
        </Text>
      )}
    </div>
  )
}

interface Read<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly refetch: () => unknown
}

interface LoadedProps<T> {
  readonly from: Read<T>
  readonly rows?: number
  readonly children: (data: T) => ReactNode
}

/** Draws what was read. Data already shown stays when a later reading fails, under a note that it is old. */
export function Loaded<T>({ from, rows = 4, children }: LoadedProps<T>) {
  const failure = from.error === null ? null : <Failure problem={from.error} retry={() => void from.refetch()} />
  if (from.data === undefined) return failure ?? <Loading rows={rows} />
  return (
    <>
      {failure}
      {children(from.data)}
    </>
  )
}
