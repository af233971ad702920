// Plays one asciicast in the page. The recording is text from a machine nobody should trust: it reaches a terminal
// emulator that draws characters, and nothing in it is ever treated as markup. A chunk of its own, loaded on first use.

import 'asciinema-player/dist/bundle/asciinema-player.css'

import { Group, NativeSelect, Switch, Text } from '@mantine/core'
import { create } from 'asciinema-player'
import { useEffect, useRef, useState } from 'react'
import { readCastHeader } from './cast-header.ts'

/** How much taller than wide a character of the terminal is, and the height of the controls, in character widths. */
const cellShape = 2.22
const controlRows = 4

const speeds = ['0.5', '1', '2', '4', '8']

export default function CastPlayer({ cast }: { cast: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [speed, setSpeed] = useState('1')
  const [skipIdle, setSkipIdle] = useState(true)
  const header = readCastHeader(cast)
  const columns = header.kind === 'ok' ? header.columns : 0
  const rows = header.kind === 'ok' ? header.rows : 0
  const playable = header.kind === 'ok' ? header.cast : null

  useEffect(() => {
    if (place.current === null || playable === null) return
    const player = create({ data: playable }, place.current, {
      autoPlay: true,
      fit: 'both',
      controls: true,
      speed: Number(speed),
      theme: 'asciinema',
      terminalFontFamily: 'ui-monospace, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
      ...(skipIdle ? { idleTimeLimit: 2 } : {}),
    })
    return () => player.dispose()
  }, [playable, speed, skipIdle])

  if (header.kind === 'unreadable') return <Text size="sm">This channel cannot be replayed: {header.reason}.</Text>
  return (
    <div>
      <div
        ref={place}
        className="sp-player"
        role="region"
        aria-label={`Terminal of ${columns} by ${rows}`}
        style={{ aspectRatio: `${columns} / ${rows * cellShape + controlRows}` }}
      />
      <Group gap="lg" mt="sm" align="flex-end">
        <NativeSelect
          label="Speed"
          size="xs"
          data={speeds.map((each) => ({ value: each, label: `${each}×` }))}
          value={speed}
          onChange={(event) => setSpeed(event.currentTarget.value)}
        />
        <Switch
          label="Shorten pauses to 2 seconds"
          checked={skipIdle}
          onChange={(event) => setSkipIdle(event.currentTarget.checked)}
        />
        <Text size="xs" c="dimmed">
          Space plays and pauses, arrows go back and forward.
        </Text>
      </Group>
    </div>
  )
}
