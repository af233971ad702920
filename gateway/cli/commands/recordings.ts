// Recordings: which there are, and what one holds. Replaying one is replay.ts's, drawing some at random samples.ts's.

import type { Command } from 'commander'
import type { RecordingView } from '../../contract/views.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import {
  limitOption,
  plantOption,
  plantQuery,
  remoteOptions,
  withGateway,
  type PlantOption,
  type RemoteOptions,
} from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'
import { addReplayCommand } from './replay.ts'
import { addSampleCommand } from './samples.ts'

export function addRecordingCommands(program: Command, invocation: Invocation): void {
  const recordings = addCommand<ListOptions>(program, invocation, {
    name: 'recordings [session]',
    about: 'Lists recordings, newest first; with a session shows that one with its channels.',
    examples: ['recordings', 'recordings --plant north', 'recordings ses_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: (command) => plantOption(limitOption(remoteOptions(command))),
    run: (context, options, [session]) =>
      session === undefined ? list(context, options) : show(context, options, session),
  })
  addSampleCommand(recordings, invocation)
  addReplayCommand(program, invocation)
}

type ListOptions = RemoteOptions & PlantOption & { readonly limit: number }

async function list(context: Context, options: ListOptions): Promise<void> {
  const items = await withGateway(context, options, (gateway) =>
    gateway.list('recordings', plantQuery(options), options.limit),
  )
  await context.output.answer({ items }, () =>
    tableText(
      ['SESSION', 'STATUS', 'PERSON', 'ASSET', 'STARTED', 'LASTED', 'CHANNELS', 'ENDED BY', 'LABELS', 'KEPT UNTIL'],
      items.map(({ session, status, labels, keptUntil, holds }) => [
        session.id,
        status,
        session.person.login,
        session.asset,
        showInstant(session.startedAt),
        session.endedAt === null ? '-' : showDuration(session.endedAt - session.startedAt),
        String(session.channels),
        session.endReason ?? '-',
        labels.join(', ') || '-',
        status === 'deleted' ? '-' : keptText(keptUntil, holds),
      ]),
      'No recording',
    ),
  )
}

/** Where its copy is, and what is wrong with it. */
function copyText({ state, lockedUntil, problem }: NonNullable<RecordingView['copy']>): string {
  const where = { due: 'not copied yet', stored: 'copied', away: 'only there' }[state]
  const locked = lockedUntil === null ? '' : `, locked until ${showInstant(lockedUntil)}`
  return `${where}${locked}${problem === null ? '' : `: ${problem}`}`
}

async function show(context: Context, options: RemoteOptions, id: string): Promise<void> {
  const view = await withGateway(context, options, (gateway) => gateway.call('recording', { id }))
  const { session, status, seal, evidenceIndex, channels, labels, handling, mayView, keptUntil, holds, deleted, copy } =
    view
  await context.output.answer(view, () =>
    [
      fieldsText([
        ['session', session.id],
        ['status', status],
        ['person', `${session.person.displayName} (${session.person.login})`],
        ['asset', `${session.asset}, ${session.assetName}`],
        ['started', showInstant(session.startedAt)],
        ['ended', session.endedAt === null ? '-' : `${showInstant(session.endedAt)}, ${session.endReason ?? ''}`],
        ['seal', seal ?? '-'],
        ['ledger entry', evidenceIndex === null ? '-' : String(evidenceIndex)],
        ['labels', labels.join(', ') || '-'],
        ['rules', handling.rules.map(({ id }) => id).join(', ') || '-'],
        ['retention', `${handling.retention.id}, ${handling.retention.keepDays} days`],
        deleted === null
          ? ['kept until', keptText(keptUntil, holds)]
          : [
              'deleted',
              `${showInstant(deleted.at)} by ${deleted.proposedBy.login} and ${deleted.confirmedBy.login}: ${deleted.reason}`,
            ],
        ['exported', handling.export],
        ...(copy === null ? [] : [['object store', copyText(copy)] as const]),
        ['you may look', mayView.kind === 'permitted' ? 'yes' : (mayView.text ?? 'no')],
      ]),
      tableText(
        ['CHANNEL', 'KIND', 'COMMAND'],
        channels.map(({ channel, kind, command }) => [String(channel), kind, command ?? '-']),
        'No channel',
      ),
    ].join('\n'),
  )
}

/** Until when, and for which legal holds beyond that. */
function keptText(until: number | null, holds: readonly string[]): string {
  const day = until === null ? 'it is over' : showInstant(until)
  return holds.length === 0 ? day : `${day}, held by ${holds.join(', ')}`
}
