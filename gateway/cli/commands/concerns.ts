// `concern`: telling what nearly went wrong, without blame, and learning from it.

import { Option, type Command } from 'commander'
import type { ConcernView } from '../../contract/views.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText } from '../table.ts'

interface ReportOptions extends RemoteOptions {
  readonly session?: string
  readonly asset?: string
  readonly anonymous?: true
}

export function addConcernCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'concern', 'tell what nearly went wrong, without blame')
  addCommand<ReportOptions>(group, invocation, {
    name: 'report <what>',
    summary: 'tell what happened, or could have',
    about:
      'Reports a concern: something that went wrong, nearly did, or could have. Nobody is blamed for it. Only an\n' +
      'isms-manager reads it, with who told it; the evidence says that it was told and what it is about, never by whom.\n' +
      'With --anonymous your name is kept nowhere: nobody can ask you back, and you do not find it in your list.\n' +
      'A session you name may say who you are all the same.',
    examples: [
      'concern report "the valve moved although I only read the trend" --session ses_01hzy8x5r2k3m4n5p6q7r8s9t0',
      'concern report "two of us were asked to approve without time to read" --anonymous',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--session <id>', 'the session it was seen in')
        .option('--asset <id>', 'the asset it is about')
        .option('--anonymous', 'without your name'),
    run: async (context, options, [what = '']) => {
      const { session, asset, anonymous = false } = options
      if (session !== undefined && asset !== undefined)
        throw misused('--asset: not beside --session: a session says its asset by itself')
      const about = { ...(session === undefined ? {} : { session }), ...(asset === undefined ? {} : { asset }) }
      const body = { what, anonymous, ...about }
      const view = await withGateway(context, options, (gateway) => gateway.call('reportConcern', { body }))
      await context.output.answer(view, () => shown`Reported ${view.id}. Thank you.`)
    },
  })
  addCommand<RemoteOptions & { readonly all?: true }>(group, invocation, {
    name: 'list',
    summary: 'list your own; an isms-manager sees all',
    about: 'Lists concerns, newest first: your own, and for an isms-manager all of them with who told them.',
    examples: ['concern list', 'concern list --all'],
    options: (command) => remoteOptions(command).addOption(new Option('--all', 'also closed ones')),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'open' }
      const view = await withGateway(context, options, (gateway) => gateway.call('concerns', { query }))
      await context.output.answer(view, () =>
        view.items.length === 0 ? 'No concern' : view.items.map(concernText).join('\n\n'),
      )
    },
  })
  addCommand<RemoteOptions & { readonly learned: string }>(group, invocation, {
    name: 'close <concern>',
    summary: 'say what was learned',
    about: 'Closes a concern, by an isms-manager. What was learned is shown to who told it, and is evidence.',
    examples: [
      'concern close con_01hzy8x5r2k3m4n5p6q7r8s9t0 --learned "trend view writes its range: now observe only"',
    ],
    options: (command) =>
      remoteOptions(command).requiredOption('--learned <text>', 'what was learned, and what changes'),
    run: async (context, options, [id = '']) => {
      const body = { learned: options.learned }
      const view = await withGateway(context, options, (gateway) => gateway.call('closeConcern', { id, body }))
      await context.output.answer(view, () => shown`Closed ${view.id}`)
    },
  })
}

function concernText({ id, at, dueAt, overdue, what, by, asset, session, closed }: ConcernView): string {
  const state = closed !== null ? `closed ${showInstant(closed.at)}` : overdue ? 'overdue' : 'open'
  return fieldsText([
    ['concern', id],
    ['state', state],
    ['told', showInstant(at)],
    ['due', showInstant(dueAt)],
    ['by', by === null ? 'without a name' : `${by.displayName} (${by.login})`],
    ...(asset === null ? [] : [['asset', asset] as const]),
    ...(session === null ? [] : [['session', session] as const]),
    ['what', what],
    ...(closed === null ? [] : [['learned', closed.learned] as const]),
  ])
}
