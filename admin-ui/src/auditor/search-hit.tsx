// One hit: whose session, what of it, and where. Its text is from a machine nobody should trust: it is drawn as text, and
// the gateway has taken out of it what acts or hides.

import { Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { SearchHitView } from '../../../gateway/contract/views.ts'
import { When } from '../time/when.tsx'

const sideWords: Readonly<Record<SearchHitView['side'], string>> = {
  typed: 'Typed',
  shown: 'Shown',
  command: 'Command',
  file: 'File',
  about: 'About the session',
}

/** Seconds as `1:02:03`. */
export function clockOf(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

export function SearchHit({ hit, purpose }: { hit: SearchHitView; purpose: string }) {
  const { session, person, assetName, startedAt, channel, side, at, snippet } = hit
  return (
    <li className="sp-card sp-hit">
      <Group justify="space-between" gap="sm">
        <Link
          to="/recordings/$session"
          params={{ session }}
          search={side === 'about' ? { purpose } : { channel, at: Math.floor(at), purpose }}
          className="sp-row-link"
        >
          {person.displayName} on {assetName}
        </Link>
        <Text size="xs" c="dimmed">
          <When at={startedAt} />
        </Text>
      </Group>
      <p className="sp-hit-text" translate="no">
        {snippet.map((piece, place) =>
          piece.hit ? <mark key={place}>{piece.text}</mark> : <span key={place}>{piece.text}</span>,
        )}
      </p>
      <Text size="xs" c="dimmed">
        {side === 'about' ? sideWords.about : `${sideWords[side]}, channel ${channel} at ${clockOf(at)}`}
      </Text>
    </li>
  )
}
