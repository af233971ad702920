// Who is in the plant, and ending a session.

import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import { listenForStop } from '../../stop-signal.ts'
import type { AnswerOf } from '../../contract/calls.ts'
import type { Gateway } from '../client.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure } from '../failure.ts'
import { shown } from '../plain.ts'
import { canAsk, confirm } from '../prompt.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

type Session = AnswerOf<'kill'>
type KillOptions = RemoteOptions & { readonly reason: string; readonly insist?: boolean }

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
          [
            'SESSION',
            'STATE',
            'SUPPLIER',
            'PERSON',
            'ASSET',
            'STARTED',
            'ENDS',
            'ESCORT',
            'CHANNELS',
            'IN',
            'OUT',
            'FROM',
          ],
          items.map((session) => [
            session.id,
            session.endReason === null ? session.state : `${session.state} (${session.endReason})`,
            session.person.supplier ?? '-',
            session.person.owner === undefined ? session.person.login : `${session.person.login} (machine)`,
            session.asset,
            showInstant(session.startedAt),
            showInstant(session.endedAt ?? session.windowUntil),
            session.escorts.map(({ login }) => login).join(' ') || '-',
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
  addCommand<KillOptions>(program, invocation, {
    name: 'kill <session>',
    about:
      'Ends a running session at once. Its user sees the reason, and it is evidence. The grant stays: to keep the person\n' +
      'out, revoke that too. Where the asset asks for a safe state of the process first, this asks you once; a script\n' +
      'says --insist.',
    examples: ['kill ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "wrong machine"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--reason <text>', 'shown to the person')
        .option('--insist', 'also where the asset asks for a safe state of the process first'),
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => kill(gateway, id, options))
      await context.output.answer(
        view,
        () =>
          shown`Ended ${view.id}: ${view.person.displayName} on ${view.asset}; the grant ${view.grant} still stands`,
      )
    },
  })
  addCommand<RemoteOptions>(program, invocation, {
    name: 'escort <session>',
    about:
      'Comes along with a session until Ctrl-C. A session that waits for an escort begins; when you stop, what its user\n' +
      'types no longer reaches the target, and after a grace time it ends. Watch the work while this runs: it says on\n' +
      'your behalf, every few seconds, that you are there.',
    examples: ['escort ses_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => escort(gateway, id, context))
      await context.output.answer(view, () => shown`You no longer escort ${view.id}, which is ${view.state}`)
    },
  })
}

async function kill(gateway: Gateway, id: string, { reason, insist = false }: KillOptions): Promise<Session> {
  try {
    return await gateway.call('kill', { id, body: { reason, insist } })
  } catch (error) {
    const asks = error instanceof Failure && error.details['code'] === 'confirm-safe-state'
    if (!asks || !canAsk()) throw error
    const question = shown`${error.message}. End it all the same?`
    if (!(await confirm(question, 'give --insist'))) throw new Failure('nothing was ended', { cause: error })
    return gateway.call('kill', { id, body: { reason, insist: true } })
  }
}

/** Well under the time after which the gateway takes somebody for gone. */
const renewMs = 5_000

async function escort(gateway: Gateway, id: string, { output }: Context): Promise<Session> {
  const stop = listenForStop()
  try {
    let said = false
    while (!stop.asked.aborted) {
      const { session } = await gateway.call('escort', { id })
      if (!said) output.note(shown`You escort ${session.person.displayName} on ${session.asset}; Ctrl-C to stop`)
      said = true
      await wait(renewMs, undefined, { signal: stop.asked }).catch((error: unknown) => {
        if (!stop.asked.aborted) throw error
      })
    }
    return await gateway.call('leaveEscort', { id })
  } finally {
    stop.close()
  }
}
