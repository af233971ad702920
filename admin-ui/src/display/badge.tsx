// A state as a small label: colour, sign and word together.

import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconFlag,
  IconHelpCircle,
  IconMinus,
  IconPointFilled,
  IconShieldHalfFilled,
} from '@tabler/icons-react'
import type { Mark, Tone, Word } from './words.ts'

const signs = {
  check: IconCircleCheck,
  clock: IconClock,
  cross: IconCircleX,
  alert: IconAlertTriangle,
  minus: IconMinus,
  dot: IconPointFilled,
  live: IconPointFilled,
  shield: IconShieldHalfFilled,
  question: IconHelpCircle,
  flag: IconFlag,
} as const satisfies Record<Mark, typeof IconClock>

export function Sign({ mark, size = 14 }: { mark: Mark; size?: number }) {
  const Icon = signs[mark]
  return <Icon size={size} stroke={2} aria-hidden className={mark === 'live' ? 'sp-live' : undefined} />
}

/** A state's word with its sign, in its tone. */
export function Badge({ of }: { of: Word }) {
  return (
    <span className="sp-badge" data-tone={of.tone}>
      <Sign mark={of.mark} />
      {of.word}
    </span>
  )
}

/** A plain label, for what is a kind and not a state. */
export function Label({ children, tone = 'plain' }: { children: string; tone?: Tone }) {
  return (
    <span className="sp-badge" data-tone={tone}>
      {children}
    </span>
  )
}
