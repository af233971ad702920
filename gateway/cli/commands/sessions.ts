// Who is in the plant, and ending a session.

import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import { listenForStop } from '../../stop-signal.ts'
import type { AnswerOf } from '../../contract/calls.ts'
import type { Gateway } from '../client.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { exitCodes, Failure, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { canAsk, confirm } from '../prompt.ts'
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

type Session = AnswerOf<'kill'>
type ListOptions = RemoteOptions & PlantOption & { readonly all?: true; readonly kernel?: true; readonly limit: number }
type KillOptions = RemoteOptions & { readonly reason: string; readonly insist?: boolean; readonly override?: boolean }

export function addSessionCommands(program: Command, invocation: Invocation): void {
  addCommand<ListOptions>(program, invocation, {
    name: 'sessions',
    about:
      'Lists running sessions, newest first; with --all also those that have ended. With --kernel it holds the running\n' +
      'ones against the kernel\u2019s own list of connections of the gateway: each connection to a target has to belong to\n' +
      'a session, and each session has to have the connection it says it has.',
    examples: ['sessions', 'sessions --all --limit 20', 'sessions --kernel'],
    options: (command) =>
      plantOption(limitOption(remoteOptions(command)))
        .option('--all', 'also ended ones')
        .option('--kernel', 'hold running sessions against the kernel\u2019s sockets'),
    exits: ['0  done', '1  refused or failed; with --kernel also: they do not agree', '2  the command line is wrong'],
    run: async (context, options) => {
      if (options.kernel === true) return compareWithKernel(context, options)
      const query = { state: options.all === true ? 'all' : 'live', ...plantQuery(options) }
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
      return exitCodes.ok
    },
  })
  addCommand<KillOptions>(program, invocation, {
    name: 'kill <session>',
    about:
      'Ends a running session at once. Its user sees the reason, and it is evidence. The grant stays: to keep the person\n' +
      'out, revoke that too. Where the asset asks for a safe state of the process first, this asks you once; a script\n' +
      'says --insist. On what is safety-related its input stops at once and it is closed at the hard limit of the asset;\n' +
      'a safety engineer closes it before with --override, which is reviewed.',
    examples: ['kill ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "wrong machine"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--reason <text>', 'shown to the person')
        .option('--insist', 'also where the asset asks for a safe state of the process first')
        .option('--override', 'in an emergency, as a safety engineer: cut off at once what is safety-related'),
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => kill(gateway, id, options))
      await context.output.answer(view, () => killedText(view))
    },
  })
  addCommand<RemoteOptions>(program, invocation, {
    name: 'lift-hold <session>',
    summary: 'let through what is typed in a session that you escort',
    about:
      'Lets through what is typed in a session on an asset that gets no updates any more. You have to escort the session,\n' +
      'on the page or with `escort`; when you leave, input is held again.',
    examples: ['lift-hold ses_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('liftWriteHold', { id }))
      await context.output.answer(
        view,
        () => shown`What ${view.person.displayName} types on ${view.asset} goes through until you leave`,
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

async function compareWithKernel(context: Context, options: ListOptions): Promise<number> {
  if (options.all === true) throw misused('--kernel is about sessions that run now: leave out --all')
  const view = await withGateway(context, options, (gateway) => gateway.call('sockets'))
  await context.output.answer(view, () => socketsText(view))
  return view.agrees ? exitCodes.ok : exitCodes.failed
}

const legWords = { agreed: 'agrees', missing: 'NOT KNOWN', idle: 'not connected' } as const

function socketsText(view: AnswerOf<'sockets'>): string {
  if (!view.known) return 'This system shows no table of sockets, so nothing can be compared: it is Linux\u2019s /proc'
  const { sessions, strangers, clients, others } = view
  const table = tableText(
    ['SESSION', 'ASSET', 'KERNEL', 'FROM', 'TO'],
    sessions.map(({ session, asset, state, local, remote }) => [
      session,
      asset,
      legWords[state],
      local ?? '-',
      remote ?? '-',
    ]),
    'No session runs now',
  )
  const strange = tableText(
    ['NO SESSION', 'PROCESS', 'FROM', 'TO'],
    strangers.map(({ asset, process, isChild, local, remote }) => [
      asset,
      isChild ? `${process} (started by the gateway)` : String(process),
      local,
      remote,
    ]),
    'Every connection to a target belongs to a session',
  )
  const rest = others.length === 0 ? '' : `; to other places: ${others.join(' ')}`
  return [table, strange, shown`${clients} connections of clients${rest}`].join('\n\n')
}

function killedText(view: Session): string {
  const of = shown`${view.person.displayName} on ${view.asset}`
  if (view.safetyHold === null) return shown`Ended ${view.id}: ${of}; the grant ${view.grant} still stands`
  const closed = showInstant(view.safetyHold.closesAt)
  return shown`Held for safety, ${view.id}: ${of} types nothing any more, and is closed at ${closed}; --override closes it now`
}

async function kill(
  gateway: Gateway,
  id: string,
  { reason, insist = false, override = false }: KillOptions,
): Promise<Session> {
  try {
    return await gateway.call('kill', { id, body: { reason, insist, override } })
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
