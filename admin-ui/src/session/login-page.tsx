// The way in: name, password and one-time code together, one answer for every failure. Which of the three was wrong is
// the gateway's to know and nobody's to read.

import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle, IconLogin2 } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { LoginBody } from '../../../gateway/contract/bodies.ts'
import { client } from '../api/gateway.ts'
import { describe } from '../api/problem.ts'
import { meQuery } from '../api/queries.ts'
import { Logo } from '../shell/logo.tsx'
import { SchemeToggle } from '../shell/scheme-toggle.tsx'
import { safeNext } from './next.ts'
import { Wall } from './wall.tsx'

const route = getRouteApi('/login')

export function LoginPage() {
  const search = route.useSearch()
  const router = useRouter()
  const cache = useQueryClient()
  const code = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState<LoginBody>({ login: '', password: '', totp: '' })
  const change = (part: Partial<LoginBody>) => setDraft((before) => ({ ...before, ...part }))

  const enter = useMutation({
    mutationFn: (body: LoginBody) => client.call('login', { body }),
    onSuccess: (me) => {
      cache.clear()
      cache.setQueryData(meQuery.queryKey, me)
      router.history.replace(safeNext(search.next))
    },
    onError: () => {
      change({ totp: '' })
      code.current?.focus()
    },
  })

  return (
    <main className="sp-login">
      <title>Log in · Sallyport</title>
      <div className="sp-login-scheme">
        <SchemeToggle />
      </div>
      <div className="sp-login-brand">
        <Logo size={44} />
        <Title order={1}>Sallyport</Title>
        <Text c="dimmed" size="sm">
          The one gate between the office and the plant floor
        </Text>
      </div>
      <Paper className="sp-card" p="xl" component="section" aria-label="Log in">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!enter.isPending)
              enter.mutate({ ...draft, login: draft.login.trim(), totp: draft.totp.replace(/\s/g, '') })
          }}
        >
          <Stack gap="md">
            {search.ended === true && !enter.isError && (
              <Text size="sm" role="status">
                Your login ended. Log in again to go on where you were.
              </Text>
            )}
            {enter.isError && (
              <Alert role="alert" color="danger" variant="light" className="sp-alert" icon={<IconAlertTriangle />}>
                {describe(enter.error)}
              </Alert>
            )}
            <TextInput
              label="Login name"
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has this one form and nothing before it
              autoFocus
              required
              withAsterisk={false}
              value={draft.login}
              onChange={(event) => change({ login: event.currentTarget.value })}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed', tabIndex: 0 }}
              value={draft.password}
              onChange={(event) => change({ password: event.currentTarget.value })}
            />
            <TextInput
              ref={code}
              label="One-time code"
              description="Six digits from your authenticator"
              name="one-time-code"
              autoComplete="one-time-code"
              inputMode="numeric"
              pattern="[0-9 ]*"
              title="Six digits"
              maxLength={7}
              required
              withAsterisk={false}
              classNames={{ input: 'sp-code' }}
              value={draft.totp}
              onChange={(event) => change({ totp: event.currentTarget.value })}
            />
            <Button
              type="submit"
              fullWidth
              size="md"
              loading={enter.isPending}
              leftSection={<IconLogin2 size={18} aria-hidden />}
            >
              Log in
            </Button>
          </Stack>
        </form>
      </Paper>
      <Wall />
      <Text size="xs" c="dimmed" ta="center">
        Logins, requests and sessions are recorded as evidence.
      </Text>
    </main>
  )
}
