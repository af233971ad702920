// What works, as text for a terminal.

import type { HealthView } from '../contract/views.ts'
import { showInstant } from './duration.ts'
import { plain } from './plain.ts'
import { fieldsText, tableText } from './table.ts'

const sessionsText: Readonly<Record<HealthView['newSessions'], string>> = {
  open: 'begin as the rules say',
  some: 'some do not begin: see below',
  refused: 'none begins',
}

const partText: Readonly<Record<HealthView['parts'][number]['part'], string>> = {
  recordings: 'disk of recordings',
  ledger: 'ledger',
  outbox: 'messages',
  clock: 'clock',
}

type Carriers = NonNullable<HealthView['carriers']>

function carriersText({ wanted, workers, died, lastDiedAt }: Carriers): string {
  if (wanted === 0) return fieldsText([['SSH', 'carried by the gateway’s own process']])
  const serving = workers.filter(({ state }) => state === 'serving').length
  const deaths = lastDiedAt === null ? 'none died' : `${died} died, the last at ${showInstant(lastDiedAt)}`
  return [
    fieldsText([['SSH', `carried by ${serving} of ${wanted} processes; ${deaths} since the gateway started`]]),
    tableText(
      ['PROCESS', 'STATE', 'CONNECTIONS', 'SESSIONS', 'MEMORY'],
      workers.map(({ number, pid, state, connections, sessions, residentMebibytes }) => [
        `${number} (pid ${pid})`,
        state,
        String(connections),
        String(sessions),
        residentMebibytes === null ? '' : `${residentMebibytes} MiB`,
      ]),
      'None is there now',
    ),
  ].join('\n')
}

export function healthText({ newSessions, parts, dependencies, carriers }: HealthView): string {
  return [
    fieldsText([['sessions', sessionsText[newSessions]]]),
    tableText(
      ['PART', 'STATE', 'SINCE', 'WHAT IS KNOWN'],
      parts.map(({ part, state, since, text }) => [partText[part], state, showInstant(since), text ?? '']),
      'Nothing was looked at yet',
    ),
    tableText(
      ['LEANS ON', 'STATE', 'SINCE', 'OWNER', 'NAME'],
      dependencies.map(({ id, name, state, since, owner }) => [
        id,
        state,
        showInstant(since),
        owner ?? 'nobody is named',
        name,
      ]),
      'The bundle declares nothing that access leans on',
    ),
    ...(carriers === null ? [] : [carriersText(carriers)]),
    ...dependencies
      .filter(({ state }) => state === 'degraded')
      .map(({ id, means, problem }) => plain(`-> ${id}: ${problem === null ? '' : `${problem}. `}${means.join(' ')}`)),
  ].join('\n')
}
