// Grants: the access that stands, ended early or made longer.

import type { Command } from 'commander'
import { addCommand, asDuration, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import { Failure } from '../failure.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

export function addGrantCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly all?: true; readonly limit: number }>(program, invocation, {
    name: 'grants',
    about: 'Lists grants that are open, newest first: your own, or those of your plants.',
    examples: ['grants', 'grants --all'],
    options: (command) => limitOption(remoteOptions(command)).option('--all', 'also revoked and expired ones'),
    run: async (context, options) => {
      const query: Record<string, string> = options.all === true ? {} : { state: 'open' }
      const items = await withGateway(context, options, (gateway) => gateway.list('grants', query, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['GRANT', 'STATE', 'PERSON', 'ASSET', 'CLASS', 'FROM', 'UNTIL', 'WHEN', 'CONNECT'],
          items.map(({ id, state, person, asset, operationClass, window, schedule, scheduleText, connect }) => [
            id,
            state,
            person.login,
            asset,
            operationClass,
            showInstant(window.from),
            showInstant(window.until),
            schedule.kind === 'whole' ? '-' : scheduleText,
            connect ?? '-',
          ]),
          'No grant',
        ),
      )
    },
  })
  addCommand<RemoteOptions & { readonly by: number; readonly comment: string }>(program, invocation, {
    name: 'extend <grant>',
    about:
      'Moves the end of a grant; of one that comes round, the end of the occurrence that is running, this once. Policy\n' +
      'decides anew, and the plant\u2019s longest window still holds.',
    examples: ['extend gra_01hzy8x5r2k3m4n5p6q7r8s9t0 --by 30m'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--by <duration>', 'how much later, as 30m', asDuration)
        .option('--comment <text>', 'for the evidence', ''),
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, async (gateway) => {
        const open = await gateway.list('grants', { state: 'open' }, 10_000)
        const grant = open.find((one) => one.id === id)
        if (grant === undefined)
          throw new Failure(`grant \`${id}\`: not among the open ones you may see: look with \`sallyport grants\``)
        const end = grant.schedule.kind === 'recurring' ? grant.usable?.until : grant.window.until
        const body = { until: (end ?? grant.window.until) + options.by, comment: options.comment }
        return gateway.call('extend', { id, body })
      })
      await context.output.answer(view, () => {
        const end = view.schedule.kind === 'recurring' ? view.usable?.until : view.window.until
        const what = view.schedule.kind === 'recurring' ? ', this occurrence only,' : ''
        return shown`Extended ${view.id}${what} by ${showDuration(options.by)}: ends ${showInstant(end ?? view.window.until)}`
      })
    },
  })
}
