// How a query is written, in short.

import { Text } from '@mantine/core'

const hints = [
  ['pump valve', 'both words in one passage'],
  ['"stop the pump"', 'a phrase'],
  ['FB_Axis*', 'words that begin so'],
  ['-test', 'not in the passage'],
  ['in:typed', 'also in:shown, in:command, in:file, in:about'],
  ['asset:ews-1', 'also person:, supplier:, plant:'],
  ['after:2026-11-01', 'sessions from that day (UTC) on; also before:'],
] as const

export function SearchHints({ id }: { id: string }) {
  return (
    <Text id={id} size="xs" c="dimmed" component="ul" className="sp-hints">
      {hints.map(([form, meaning]) => (
        <li key={form}>
          <code>{form}</code> {meaning}
        </li>
      ))}
    </Text>
  )
}
