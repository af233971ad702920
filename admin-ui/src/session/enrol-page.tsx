// How somebody takes a prepared account into use: with the one-time secret that was handed over they add their own
// authenticator, choose a password, and show a code. The secret is typed, never part of an address.

import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle, IconArrowRight } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { client } from '../api/gateway.ts'
import { ApiProblem, describe } from '../api/problem.ts'
import { CopyLine } from '../display/copy-line.tsx'
import { Logo } from '../shell/logo.tsx'
import { SchemeToggle } from '../shell/scheme-toggle.tsx'

interface Named {
  readonly login: string
  readonly secret: string
}

/** One answer for a wrong login and a wrong secret, in words that fit here. */
const sayProblem = (problem: unknown): string =>
  problem instanceof ApiProblem && problem.code === 'login-failed'
    ? 'That login and one-time secret do not go together, or the secret was used or is over. Ask for another one.'
    : describe(problem)

function Problem({ of }: { of: unknown }) {
  if (of === null || of === undefined) return null
  return (
    <Alert role="alert" color="danger" variant="light" className="sp-alert" icon={<IconAlertTriangle />}>
      {sayProblem(of)}
    </Alert>
  )
}

export function EnrolPage() {
  const [named, setNamed] = useState<Named>({ login: '', secret: '' })
  const [chosen, setChosen] = useState({ password: '', again: '', totp: '' })
  const given = { login: named.login.trim(), secret: named.secret.trim() }
  const begin = useMutation({ mutationFn: () => client.call('beginEnrolment', { body: given }) })
  const finish = useMutation({
    mutationFn: () =>
      client.send('finishEnrolment', {
        body: { ...given, password: chosen.password, totp: chosen.totp.replace(/\s/g, '') },
      }),
  })
  const differs = chosen.again !== '' && chosen.again !== chosen.password
  return (
    <main className="sp-login">
      <title>Enrol · Sallyport</title>
      <div className="sp-login-scheme">
        <SchemeToggle />
      </div>
      <div className="sp-login-brand">
        <Logo size={44} />
        <Title order={1}>Sallyport</Title>
        <Text c="dimmed" size="sm">
          Take your account into use
        </Text>
      </div>
      <Paper className="sp-card" p="xl" component="section" aria-label="Enrol">
        {finish.isSuccess ? (
          <Stack gap="md">
            <Text role="status">Your account is ready. Log in with your password and a new code.</Text>
            <Button component={Link} to="/login" fullWidth size="md">
              To the login
            </Button>
          </Stack>
        ) : begin.data === undefined ? (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (!begin.isPending) begin.mutate()
            }}
          >
            <Stack gap="md">
              <Problem of={begin.error} />
              <TextInput
                label="Login name"
                autoComplete="username"
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                required
                withAsterisk={false}
                value={named.login}
                onChange={(event) => setNamed({ ...named, login: event.currentTarget.value })}
              />
              <PasswordInput
                label="One-time secret"
                description="As it was handed to you; good once"
                autoComplete="off"
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed', tabIndex: 0 }}
                value={named.secret}
                onChange={(event) => setNamed({ ...named, secret: event.currentTarget.value })}
              />
              <Button
                type="submit"
                fullWidth
                size="md"
                loading={begin.isPending}
                rightSection={<IconArrowRight size={18} aria-hidden />}
              >
                Go on
              </Button>
            </Stack>
          </form>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (!finish.isPending && !differs) finish.mutate()
            }}
          >
            <Stack gap="md">
              <Text size="sm">
                Welcome, {begin.data.displayName}. Add this to your authenticator app, as a key that goes by time:
              </Text>
              <CopyLine text={begin.data.totpSecret} label="key of the authenticator" />
              <Text size="sm">
                On this device: <a href={begin.data.totpUri}>open it in an authenticator</a>
              </Text>
              <Problem of={finish.error} />
              <PasswordInput
                label="Your password"
                description={`At least ${begin.data.minPasswordLength} characters, and nobody else's`}
                autoComplete="new-password"
                required
                withAsterisk={false}
                minLength={begin.data.minPasswordLength}
                visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed', tabIndex: 0 }}
                value={chosen.password}
                onChange={(event) => setChosen({ ...chosen, password: event.currentTarget.value })}
              />
              <PasswordInput
                label="The same again"
                autoComplete="new-password"
                required
                withAsterisk={false}
                error={differs ? 'The two are not the same' : undefined}
                visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed again', tabIndex: 0 }}
                value={chosen.again}
                onChange={(event) => setChosen({ ...chosen, again: event.currentTarget.value })}
              />
              <TextInput
                label="One-time code"
                description="Six digits that your authenticator shows now"
                autoComplete="one-time-code"
                inputMode="numeric"
                pattern="[0-9 ]*"
                title="Six digits"
                maxLength={7}
                required
                withAsterisk={false}
                classNames={{ input: 'sp-code' }}
                value={chosen.totp}
                onChange={(event) => setChosen({ ...chosen, totp: event.currentTarget.value })}
              />
              <Button type="submit" fullWidth size="md" loading={finish.isPending}>
                Take the account into use
              </Button>
            </Stack>
          </form>
        )}
      </Paper>
      <Text size="xs" c="dimmed" ta="center">
        Logins, requests and sessions are recorded as evidence.
      </Text>
    </main>
  )
}
