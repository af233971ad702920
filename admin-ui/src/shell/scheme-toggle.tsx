// Light, dark, or as the system says.

import { ActionIcon, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'

const order = ['auto', 'light', 'dark'] as const
const words = { auto: 'as the system', light: 'light', dark: 'dark' } as const
const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon } as const

/** One button that goes round the three; its name says what is set. */
export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = icons[colorScheme]
  const next = order[(order.indexOf(colorScheme) + 1) % order.length] ?? 'auto'
  const name = `Colour scheme: ${words[colorScheme]}`
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={name}
      title={name}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={18} aria-hidden />
    </ActionIcon>
  )
}
