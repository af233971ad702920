// Who is logged in, and the way out.

import { Button, Popover, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { client } from '../api/gateway.ts'
import { usePerson } from '../session/person.ts'

/** The gateway ends the login; the page is then loaded afresh, so that nothing read stays in memory. */
async function logOut(): Promise<void> {
  await client.send('logout', {})
  window.location.assign('/login')
}

export function PersonMenu() {
  const person = usePerson()
  const leave = useMutation({ mutationFn: logOut })
  return (
    <Popover position="bottom-end" width={250} shadow="md" withinPortal={false} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className="sp-person" aria-label={`Account of ${person.displayName}`}>
          <IconUserCircle size={20} aria-hidden />
          <span className="sp-person-name">{person.displayName}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Account">
        <Text fw={600} size="sm">
          {person.displayName}
        </Text>
        <Text size="xs" c="dimmed">
          {person.login}
          {person.supplierName !== null && ` of ${person.supplierName}`}
        </Text>
        <Text size="xs" c="dimmed" mb="sm">
          {person.roles.join(', ')}
        </Text>
        {leave.isError && (
          <Text size="xs" className="sp-bad" role="alert" mb="sm">
            Logging out did not work. Try again.
          </Text>
        )}
        <Button
          variant="default"
          fullWidth
          size="xs"
          loading={leave.isPending}
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => leave.mutate()}
        >
          Log out
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
