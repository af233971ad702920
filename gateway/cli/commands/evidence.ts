// The ledger's entries as they are read at the gateway: by type, session and plant. Taking them out is export.ts's.

import type { Command } from 'commander'
import { addCommand, asWords, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import {
  limitOption,
  plantOption,
  plantQuery,
  remoteOptions,
  withGateway,
  type PlantOption,
  type RemoteOptions,
} from '../remote.ts'
import { tableText } from '../table.ts'

interface EvidenceOptions extends RemoteOptions, PlantOption {
  readonly limit: number
  readonly type?: readonly string[]
  readonly session?: string
}

export function addEvidenceCommand(program: Command, invocation: Invocation): void {
  addCommand<EvidenceOptions>(program, invocation, {
    name: 'evidence',
    about:
      'Lists entries of the ledger, newest first. With --json each comes with its data, and with what its commitments\n' +
      'stand for, where you look over every plant it concerns.',
    examples: ['evidence', 'evidence --type session.started,session.ended', 'evidence --plant north --json'],
    options: (command) =>
      plantOption(limitOption(remoteOptions(command)))
        .option('--type <types>', 'entries of these types only; with commas between', asWords)
        .option('--session <id>', 'entries about this session only'),
    run: async ({ output, ...context }, options) => {
      const { type, session, limit } = options
      const query = {
        ...plantQuery(options),
        ...(type === undefined ? {} : { types: type.join(',') }),
        ...(session === undefined ? {} : { session }),
      }
      const items = await withGateway({ output, ...context }, options, (gateway) =>
        gateway.list('evidence', query, limit),
      )
      await output.answer({ items }, () =>
        tableText(
          ['ENTRY', 'AT', 'TYPE', 'ABOUT'],
          items.map(({ index, at, type: of, data }) => [String(index), showInstant(at), of, aboutOf(data)]),
          'No entry of this kind',
        ),
      )
    },
  })
}

/** What an entry names, of what one looks for; the rest is in its data. */
function aboutOf(data: Readonly<Record<string, unknown>>): string {
  const named = ['plant', 'asset', 'session', 'grant', 'request', 'person', 'by'].flatMap((field) => {
    const value = data[field]
    return typeof value === 'string' ? [`${field} ${value}`] : []
  })
  return named.slice(0, 3).join(', ') || '-'
}
