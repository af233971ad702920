// Asking for access, and deciding on what others ask for.

import { setTimeout as sleep } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import type { RequestView } from '../../contract/views.ts'
import { addCommand, asDuration, asInstant, type Context, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import { exitCodes, type ExitCode, Failure, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { canAsk, confirm } from '../prompt.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { requestText } from '../request-text.ts'
import { tableText } from '../table.ts'

interface AskOptions extends RemoteOptions {
  readonly for: number
  readonly from?: number
  readonly class: 'observe' | 'operate' | 'engineer'
  readonly purpose: string
  readonly ticket: string
  readonly wait?: true
}

interface ListOptions extends RemoteOptions {
  readonly state?: string
  readonly mine?: true
  readonly limit: number
}

interface ApproveOptions extends RemoteOptions {
  readonly comment: string
  readonly for?: number
  readonly yes?: true
}

const pollMs = 2_000
const waitingExits = [
  '0  approved, or submitted when not waiting',
  '1  refused by policy or an approver, or failed',
  '2  the command line is wrong',
]

export function addRequestCommands(program: Command, invocation: Invocation): void {
  addCommand<AskOptions>(program, invocation, {
    name: 'request <asset>',
    about:
      'Asks for access to one asset. Policy answers at once; where it permits, approvers of the plant see the request\n' +
      'with its purpose and decide. Write the purpose for them: what is wrong, what you will do, what could go wrong.',
    examples: [
      'request ews-1 --for 2h --purpose "line 2 stops with fault F0021: read drive diagnostics"',
      'request ews-1 --for 90m --from 2026-03-01T06:00+01:00 --purpose "firmware check" --ticket CHG-4711 --wait',
    ],
    exits: waitingExits,
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--for <duration>', 'how long, as 90m, 2h, 1h30m', asDuration)
        .requiredOption('--purpose <text>', 'what will be done, in words an approver can judge')
        .option(
          '--from <time>',
          'when it begins: now, +30m, or a time with zone as 2026-03-01T06:00Z (default now)',
          asInstant,
        )
        .addOption(
          new Option('--class <class>', 'what is needed')
            .choices(['observe', 'operate', 'engineer'])
            .default('operate'),
        )
        .option('--ticket <ref>', 'change or ticket reference', '')
        .option('--wait', 'wait until it is decided'),
    run: (context, options, [asset = '']) => submit(context, options, asset),
  })
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
      'request\u2019s digest, so one that changed meanwhile is refused.',
    examples: [
      'approve req_01hzy8x5r2k3m4n5p6q7r8s9t0',
      'approve req_01hzy8x5r2k3m4n5p6q7r8s9t0 --for 1h --comment "line is down anyway" --yes',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--comment <text>', 'for the requester and the evidence', '')
        .option(
          '--for <duration>',
          'a shorter time than was asked, from the beginning of the window or from now',
          asDuration,
        )
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
    about: 'Withdraws a request that is not decided yet.',
    examples: ['withdraw req_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('withdraw', { id }))
      await context.output.answer(view, () => shown`Withdrew ${view.id} for ${view.asset}`)
    },
  })
}

async function submit(context: Context, options: AskOptions, asset: string): Promise<ExitCode> {
  const from = options.from ?? Date.now()
  const body = {
    asset,
    protocol: 'ssh' as const,
    operationClass: options.class,
    window: { from, until: from + options.for },
    purpose: options.purpose,
    ticket: options.ticket,
  }
  const view = await withGateway(context, options, async (gateway) => {
    let request = await gateway.call('submit', { body })
    if (options.wait !== true) return request
    context.output.note(
      shown`Submitted ${request.id}; waiting for a decision (Ctrl-C stops the waiting, not the request)`,
    )
    while (request.state === 'submitted') {
      await sleep(pollMs)
      request = await gateway.call('request', { id: request.id })
    }
    return request
  })
  await context.output.answer(view, () => requestText(view))
  return options.wait === true && view.state !== 'approved' ? exitCodes.failed : exitCodes.ok
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const query = {
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.mine === true ? { mine: 'true' } : {}),
  }
  const items = await withGateway(context, options, (gateway) => gateway.list('requests', query, options.limit))
  await context.output.answer({ items }, () =>
    tableText(
      ['REQUEST', 'STATE', 'BY', 'ASSET', 'CLASS', 'FROM', 'FOR', 'PURPOSE'],
      items.map(({ id, state, by, asset, operationClass, window, purpose }) => [
        id,
        state,
        by.supplier === null ? by.login : `${by.login} (${by.supplier})`,
        asset,
        operationClass,
        showInstant(window.from),
        showDuration(window.until - window.from),
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
    const window = options.for === undefined ? {} : { window: shorten(asked, options.for) }
    return gateway.call('approve', { id, body: { digest: asked.digest, comment: options.comment, ...window } })
  })
  await output.answer(view, () => requestText(view))
}

/** The asked window cut to a duration; where it has begun already the time counts from now. */
function shorten({ window }: RequestView, duration: number): { from: number; until: number } {
  const until = Math.max(window.from, Date.now()) + duration
  if (until > window.until) {
    throw misused(
      `--for ${showDuration(duration)}: would end after the window asked for, ${showInstant(window.until)}: give a shorter time or leave it out`,
    )
  }
  return { from: window.from, until }
}
