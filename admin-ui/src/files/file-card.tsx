// One file that was taken in before it crosses: where it goes, what was found in it, and what became of it. Names inside
// archives come from outside, and are shown as text.

import { Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { FileView } from '../../../gateway/contract/views.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Facts } from '../display/facts.tsx'
import { visible } from '../display/visible.ts'
import { usePerson } from '../session/person.ts'
import { isPageFor } from '../shell/pages.ts'
import { When } from '../time/when.tsx'
import { fileWords, reasonOf, verdictWords } from './file-words.ts'

const roleWords = (roles: readonly string[]): string => roles.map((role) => role.replace('-', ' ')).join(', ')

function Listing({ archive }: { archive: NonNullable<NonNullable<FileView['found']>['archive']> }) {
  const { entries, bytes, names, oddities } = archive
  const left = entries - names.length
  return (
    <Stack gap={4}>
      <span>{`${entries} ${entries === 1 ? 'entry' : 'entries'}, ${formatBytes(bytes)} unpacked`}</span>
      {oddities.map((each) => (
        <Text key={each} size="sm" fw={600} c="var(--sp-warn, inherit)">{`Look: ${each}.`}</Text>
      ))}
      {names.length > 0 && (
        <details>
          <summary>Names</summary>
          <ul className="sp-names">
            {names.map(({ name, size }, index) => (
              // Names may repeat in a hostile archive.
              <li key={index}>{`${visible(name)} (${formatBytes(size)})`}</li>
            ))}
            {left > 0 && <li>{`and ${left} more`}</li>}
          </ul>
        </details>
      )}
    </Stack>
  )
}

export function FileCard({
  file,
  onRelease,
  onRefuse,
}: {
  file: FileView
  onRelease: () => void
  onRefuse: () => void
}) {
  const { id, state, direction, path, asset, assetName, plant, person, size, found, rules, decided, mayDecide } = file
  const verdict = found?.verdict
  const { roles } = usePerson()
  // As the page of a recording has it: to who worked in the session it leads nowhere.
  const opensRecordings = isPageFor('/recordings', roles) || isPageFor('/viewings', roles)
  const name = visible(path.split('/').at(-1) ?? path)
  return (
    <li className="sp-card">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" align="flex-start">
          <Group gap="xs">
            <Badge of={fileWords[state]} />
            {verdict !== undefined && <Badge of={verdictWords[verdict.verdict]} />}
          </Group>
          {mayDecide && (
            <Group gap="xs">
              <Button size="xs" aria-label={`Let go of ${name}`} onClick={onRelease}>
                Let go
              </Button>
              <Button size="xs" variant="default" aria-label={`Refuse ${name}`} onClick={onRefuse}>
                Refuse
              </Button>
            </Group>
          )}
        </Group>
        <p className="sp-purpose sp-path">{visible(path)}</p>
        <Facts
          of={[
            [
              'Way',
              direction === 'in' ? `to ${assetName} (${asset}), ${plant}` : `from ${assetName} (${asset}), ${plant}`,
            ],
            [
              'Who',
              person.supplierName === null ? person.displayName : `${person.displayName}, ${person.supplierName}`,
            ],
            ['Why', reasonOf(file)],
            ['Size', formatBytes(size)],
            ['Type', found !== null && found.contentType],
            [
              'SHA-256',
              found !== null && (
                <code key="digest" className="sp-digest">
                  {found.sha256}
                </code>
              ),
            ],
            [
              'Declared',
              found !== null && (found.declaredAs === null ? 'not in the request' : `as ${visible(found.declaredAs)}`),
            ],
            ['Found', verdict !== undefined && verdict.found],
            ['No verdict', verdict !== undefined && verdict.why],
            ['Scanner', verdict !== undefined && verdict.engine],
            [
              'Signatures',
              verdict !== undefined && verdict.signaturesAt !== null && (
                <When key="signatures" at={verdict.signaturesAt} />
              ),
            ],
            ['Holds', found !== null && found.archive !== null && <Listing key="archive" archive={found.archive} />],
            ['Offered', <When key="asked" at={file.askedAt} />],
            ['Waiting', file.awaited && 'the program waits for your word at this moment'],
            ['Let go by', state === 'waiting' && `one of: ${roleWords(file.releasedBy)}`],
            ['Decided by', decided !== null && decided.by.displayName],
            ['Reason', decided !== null && decided.reason],
            ['Rules', rules.map(({ text }) => text).join(' ')],
            [
              'Session',
              opensRecordings ? (
                <Link key="session" to="/recordings/$session" params={{ session: file.session }} className="sp-link">
                  {file.session}
                </Link>
              ) : (
                file.session
              ),
            ],
            ['File', id],
          ]}
        />
      </Stack>
    </li>
  )
}
