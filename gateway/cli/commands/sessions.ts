// Who is in the plant, and ending a session.

import type { Command } from 'commander'
import { addCommand, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

export function addSessionCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly all?: true; readonly limit: number }>(program, invocation, {
    name: 'sessions',
    about: 'Lists running sessions, newest first; with --all also those that have ended.',
    examples: ['sessions', 'sessions --all --limit 20'],
    options: (command) => limitOption(remoteOptions(command)).option('--all', 'also ended ones'),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'live' }
      const items = await withGateway(context, options, (gateway) => gateway.list('sessions', query, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['SESSION', 'STATE', 'PERSON', 'ASSET', 'STARTED', 'ENDS', 'CHANNELS', 'IN', 'OUT', 'FROM'],
          items.map((session) => [
            session.id,
            session.endReason === null ? session.state : `${session.state} (${session.endReason})`,
            session.person.login,
            session.asset,
            showInstant(session.startedAt),
            showInstant(session.endedAt ?? session.windowUntil),
            String(session.channels),
            String(session.bytesIn),
            String(session.bytesOut),
            session.source,
          ]),
          options.all === true ? 'No session' : 'No session runs now',
        ),
      )
    },
  })
  addCommand<RemoteOptions & { readonly reason: string }>(program, invocation, {
    name: 'kill <session>',
    about:
      'Ends a running session at once. Its user sees the reason, and it is evidence. The grant stays: to keep the person\n' +
      'out, revoke that too.',
    examples: ['kill ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "wrong machine"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'shown to the person'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('kill', { id, body }))
      await context.output.answer(
        view,
        () =>
          shown`Ended ${view.id}: ${view.person.displayName} on ${view.asset}; the grant ${view.grant} still stands`,
      )
    },
  })
}
