// Access requests: looked at, decided on, taken back. Asking is in ask.ts.

import { Option, type Command } from 'commander'
import type { ApproveBody } from '../../contract/bodies.ts'
import type { RequestView } from '../../contract/views.ts'
import { addCommand, asDuration, asInstant, asList, type Context, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { canAsk, confirm } from '../prompt.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { requestText } from '../request-text.ts'
import { tableText } from '../table.ts'
import { transferLess, type TransferOptions } from '../transfer-asked.ts'
import { addAskCommand } from './ask.ts'

interface ListOptions extends RemoteOptions {
  readonly state?: string
  readonly mine?: true
  readonly limit: number
}

interface ApproveOptions extends RemoteOptions, TransferOptions {
  readonly comment: string
  readonly for?: number
  readonly until?: number
  readonly class?: RequestView['operationClass']
  readonly condition?: string
  readonly escort?: true
  readonly yes?: true
}

export function addRequestCommands(program: Command, invocation: Invocation): void {
  addAskCommand(program, invocation)
  addCommand<ListOptions>(program, invocation, {
    name: 'requests [id]',
    about: 'Lists access requests, newest first; with an id shows that one with its decision and approvals.',
    examples: ['requests --state submitted', 'requests --mine', 'requests req_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: (command) =>
      limitOption(remoteOptions(command))
        .addOption(
          new Option('--state <state>', 'only those').choices([
            'submitted',
            'approved',
            'refused',
            'withdrawn',
            'expired',
          ]),
        )
        .option('--mine', 'only your own'),
    run: (context, options, [id]) => (id === undefined ? list(context, options) : show(context, options, id)),
  })
  addCommand<ApproveOptions>(program, invocation, {
    name: 'approve <id>',
    about:
      'Shows a request as it stands, asks for your yes, and approves exactly what was shown: the approval names the\n' +
      'request\u2019s digest, so one that changed meanwhile is refused. Where several yeses are needed it is granted with\n' +
      'the last of them.\n\n' +
      'You may grant less: a shorter time, a lower class, with an escort or on a condition. That changes what is granted,\n' +
      'so yeses given before count no longer, and those people are asked again. Who said yes already may make it less\n' +
      'still: their yes is given anew with it.',
    examples: [
      'approve req_01hzy8x5r2k3m4n5p6q7r8s9t0',
      'approve req_01hzy8x5r2k3m4n5p6q7r8s9t0 --for 1h --comment "line is down anyway" --yes',
      'approve req_01hzy8x5r2k3m4n5p6q7r8s9t0 --class observe --escort --condition "call the shift lead first"',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--comment <text>', 'for the requester and the evidence', '')
        .option(
          '--for <duration>',
          'a shorter time than was asked, from the beginning of the window or from now',
          asDuration,
        )
        .option('--until <time>', 'an earlier end than was asked, as 2026-03-01T06:00Z', asInstant)
        .addOption(new Option('--class <class>', 'a lower class').choices(['observe', 'operate', 'engineer']))
        .option('--escort', 'somebody of the plant has to be there')
        .option('--condition <text>', 'what has to hold; the requester reads it, and it is evidence')
        .option('--files <way>', 'fewer files than were asked for: none, in or out, or single switches')
        .option('--path <pattern>', 'fewer paths than were asked for; again for more', asList, [])
        .option('-y, --yes', 'do not ask'),
    run: (context, options, [id = '']) => approve(context, options, id),
  })
  addCommand<RemoteOptions & { readonly reason: string }>(program, invocation, {
    name: 'deny <id>',
    about: 'Denies a request. The reason is shown to the requester and kept as evidence.',
    examples: ['deny req_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "production until 18:00, ask again then"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for the requester'),
    run: async (context, options, [id = '']) => {
      const denied = await withGateway(context, options, async (gateway) => {
        const { digest } = await gateway.call('request', { id })
        return gateway.call('deny', { id, body: { digest, comment: options.reason } })
      })
      await context.output.answer(
        denied,
        () => shown`Denied ${denied.id} of ${denied.by.displayName} for ${denied.asset}`,
      )
    },
  })
  addCommand<RemoteOptions>(program, invocation, {
    name: 'withdraw <id>',
    about:
      'Withdraws a request that is not decided yet; of a set, by its id, everything that still waits at once. What was\n' +
      'decided already stays as it is.',
    examples: ['withdraw req_01hzy8x5r2k3m4n5p6q7r8s9t0', 'withdraw set_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      if (id.startsWith('set_')) {
        const set = await withGateway(context, options, (gateway) => gateway.call('withdrawSet', { id }))
        return context.output.answer(set, () =>
          set.items.map((one) => shown`${one.id} for ${one.asset}: ${one.state}`).join('\n'),
        )
      }
      const view = await withGateway(context, options, (gateway) => gateway.call('withdraw', { id }))
      await context.output.answer(view, () => shown`Withdrew ${view.id} for ${view.asset}`)
    },
  })
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const query = {
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.mine === true ? { mine: 'true' } : {}),
  }
  const items = await withGateway(context, options, (gateway) => gateway.list('requests', query, options.limit))
  await context.output.answer({ items }, () =>
    tableText(
      ['REQUEST', 'STATE', 'TIER', 'BY', 'ASSET', 'CLASS', 'FROM', 'FOR', 'WAITS FOR', 'PURPOSE'],
      items.map(({ id, state, tier, by, asset, operationClass, terms, schedule, scheduleText, needs, purpose }) => [
        id,
        state,
        tier,
        by.supplierName === null ? by.login : `${by.login} (${by.supplierName})`,
        asset,
        operationClass,
        showInstant(terms.window.from),
        schedule.kind === 'whole' ? showDuration(terms.window.until - terms.window.from) : scheduleText,
        state === 'submitted' ? needs.flatMap(({ name, metBy }) => (metBy === null ? [name] : [])).join(', ') : '-',
        purpose,
      ]),
      'No request',
    ),
  )
}

async function show(context: Context, options: ListOptions, id: string): Promise<void> {
  if (options.mine === true || options.state !== undefined)
    throw misused('--mine and --state choose from a list: leave them out with an id')
  const view = await withGateway(context, options, (gateway) => gateway.call('request', { id }))
  await context.output.answer(view, () => requestText(view))
}

async function approve(context: Context, options: ApproveOptions, id: string): Promise<void> {
  const { output } = context
  const view = await withGateway(context, options, async (gateway) => {
    const asked = await gateway.call('request', { id })
    if (options.yes !== true) {
      if (!canAsk())
        throw misused('no terminal to ask for your yes: read the request with `sallyport requests ID`, then give --yes')
      output.note(requestText(asked))
      if (!(await confirm('Approve this?', 'give --yes'))) throw new Failure('not approved: nothing was changed')
    }
    const changes = changesIn(options, asked)
    return gateway.call('approve', {
      id,
      body: { digest: asked.digest, comment: options.comment, ...(changes === null ? {} : { changes }) },
    })
  })
  await output.answer(view, () => requestText(view))
}

/** What is granted less than the terms as they are; null for nothing. */
function changesIn(options: ApproveOptions, asked: RequestView): NonNullable<ApproveBody['changes']> | null {
  const window = shorten(options, asked)
  const transfer = transferLess(options, asked.terms.transfer)
  const changes = {
    ...(window === null ? {} : { window }),
    ...(options.class === undefined ? {} : { operationClass: options.class }),
    ...(options.escort === true ? { escort: true as const } : {}),
    ...(options.condition === undefined ? {} : { conditions: options.condition }),
    ...(transfer === undefined ? {} : { transfer }),
  }
  return Object.keys(changes).length === 0 ? null : changes
}

/** The present window cut to a duration or an end; where it has begun already a duration counts from now. */
function shorten(options: ApproveOptions, { terms: { window } }: RequestView): { from: number; until: number } | null {
  if (options.for === undefined && options.until === undefined) return null
  if (options.for !== undefined && options.until !== undefined) throw misused('--for and --until: give one of them')
  const until = options.until ?? Math.max(window.from, Date.now()) + (options.for ?? 0)
  if (until > window.until) {
    const given = options.for === undefined ? `--until ${showInstant(until)}` : `--for ${showDuration(options.for)}`
    throw misused(
      `${given}: would end after the window asked for, ${showInstant(window.until)}: give a shorter time or leave it out`,
    )
  }
  return { from: window.from, until }
}
