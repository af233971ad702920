// Asking for access: one asset or several, for a time that is fixed, counted, or comes round.

import { setTimeout as sleep } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import type { RequestBody } from '../../contract/bodies.ts'
import type { RequestView, SubmittedView, TierView } from '../../contract/views.ts'
import { addCommand, asDuration, asInstant, asList, asWords, type Context, type Invocation } from '../command.ts'
import { exitCodes, type ExitCode } from '../failure.ts'
import { digestOf } from '../file-digest.ts'
import { plain, shown } from '../plain.ts'
import { reasonLines } from '../refusal.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { requestText } from '../request-text.ts'
import { filesHelp, pathHelp, transferAsked, type TransferOptions } from '../transfer-asked.ts'
import { whenAsked, type WhenOptions } from '../when-asked.ts'

interface AskOptions extends RemoteOptions, WhenOptions, TransferOptions {
  readonly class: RequestBody['operationClass']
  readonly protocol: RequestBody['protocol']
  readonly purpose: string
  readonly ticket: string
  readonly tier: TierView
  readonly criterion: readonly string[]
  readonly rollback: string
  readonly file: readonly string[]
  readonly partial?: true
  readonly machine?: string
  readonly wait?: true
}

const pollMs = 2_000
const exits = [
  '0  approved, or submitted when not waiting',
  '1  refused by policy or an approver, or failed',
  '2  the command line is wrong',
]

export function addAskCommand(program: Command, invocation: Invocation): void {
  addCommand<AskOptions>(program, invocation, {
    name: 'request <asset...>',
    about:
      'Asks for access to one asset, or to several at once. Policy answers at once; where it permits, those who have to\n' +
      'approve see the request with its purpose and decide. Write the purpose for them: what is wrong, what you will do,\n' +
      'what could go wrong.\n\n' +
      'Of several assets each becomes a request of its own. Where policy refuses one, nothing is asked for and the answer\n' +
      'says which; --partial asks for the others all the same.\n\n' +
      'The tier says how it is handled: a normal request waits for its approvals, an emergency goes to who is on duty and\n' +
      'is reviewed afterwards, break-glass opens at once without anybody\u2019s yes, raises an alarm and is reviewed.',
    examples: [
      'request ews-1 --for 2h --purpose "line 2 stops with fault F0021: read drive diagnostics"',
      'request ews-1 --for 90m --from 2026-03-01T06:00+01:00 --purpose "firmware check" --ticket CHG-4711 --wait',
      'request ews-1 --for 2h --start approval --purpose "restart the historian service"',
      'request ews-1 --for 4h --start first-use --until 2026-03-06T18:00Z --purpose "on call this week"',
      'request ews-1 ews-2 --days mon,tue,wed --between 09:00-18:00 --first-day 2026-03-02 --last-day 2026-03-13 --purpose "commissioning"',
      'request plc-7 --class engineer --for 2h --file fw-2.1.bin --rollback "load backup 2026-02-28" --purpose "update"',
      'request ews-1 --for 2h --files in --path "/opt/recipes/**" --file recipe-7.xml --purpose "new recipe for line 2"',
      'request plc-7 --protocol tcp --for 1h --purpose "read the drive group with our own engineering tool"',
      'request hist-1 --machine svc-mes-erp --days mon,tue,wed --between 01:00-03:00 --first-day 2026-03-02 --last-day 2026-03-13 --class observe --purpose "nightly counters for the MES"',
      'request ews-1 --tier emergency --criterion line-down --for 1h --purpose "line 2 is down, safety not affected"',
    ],
    exits,
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--purpose <text>', 'what will be done, in words an approver can judge')
        .option('--for <duration>', 'how long, as 90m, 2h, 1h30m', asDuration)
        .option(
          '--from <time>',
          'when it begins: now, +30m, or a time with zone as 2026-03-01T06:00Z (default now)',
          asInstant,
        )
        .addOption(
          new Option('--start <event>', 'count the time from the approval, or from the first connection').choices([
            'approval',
            'first-use',
          ]),
        )
        .option('--until <time>', 'beside --start: by when it is over, used or not', asInstant)
        .option('--days <days>', 'again on these days of the week, as mon,tue', asWords)
        .option('--between <times>', 'beside --days: on the plant\u2019s clock, as 09:00-18:00')
        .option('--first-day <day>', 'beside --days: the first day, as 2026-03-02')
        .option('--last-day <day>', 'beside --days: the last day, inclusive')
        .addOption(
          new Option('--class <class>', 'what is needed')
            .choices(['observe', 'operate', 'engineer'])
            .default('operate'),
        )
        .addOption(
          new Option(
            '--protocol <protocol>',
            'by what: a terminal and commands, tunnels to declared ports, or a terminal of a target that speaks telnet',
          )
            .choices(['ssh', 'tcp', 'telnet'])
            .default('ssh'),
        )
        .addOption(
          new Option('--tier <tier>', 'how it is handled')
            .choices(['standard', 'normal', 'emergency', 'break-glass'])
            .default('normal'),
        )
        .option('--criterion <id>', 'a criterion of the tier that you affirm; may be given again', asList, [])
        .option('--ticket <ref>', 'change or ticket reference', '')
        .option('--rollback <text>', 'how the change is undone', '')
        .option(
          '--file <path>',
          'a file you will bring: its name and SHA-256 go with the request; again for more',
          asList,
          [],
        )
        .option('--files <way>', filesHelp)
        .option('--path <pattern>', pathHelp, asList, [])
        .option('--partial', 'of several assets, ask for those that policy permits')
        .option('--machine <login>', 'a machine account you answer for, which would use it')
        .option('--wait', 'wait until it is decided'),
    run: (context, options, assets) => submit(context, options, assets),
  })
}

async function submit(context: Context, options: AskOptions, assets: readonly string[]): Promise<ExitCode> {
  const { tier, criterion, purpose, ticket, rollback } = options
  const body: RequestBody = {
    assets: [...new Set(assets)],
    protocol: options.protocol,
    operationClass: options.class,
    when: whenAsked(options, Date.now()),
    tier,
    criteria: [...criterion],
    purpose,
    ticket,
    rollback,
    files: await Promise.all(options.file.map(declare)),
    partial: options.partial === true,
    ...(options.machine === undefined ? {} : { for: options.machine }),
  }
  const { made, requests } = await withGateway(context, options, async (gateway) => {
    const known = options.files === undefined ? [] : await gateway.list('assets', {}, 10_000)
    const transfer = transferAsked(
      options,
      known.filter(({ id }) => body.assets.includes(id)),
    )
    const answer = await gateway.call('submit', { body: { ...body, ...(transfer && { transfer }) } })
    if (options.wait !== true) return { made: answer, requests: answer.requests }
    const decided: RequestView[] = []
    for (const { id } of answer.requests)
      context.output.note(shown`Submitted ${id}; waiting for a decision (Ctrl-C stops the waiting, not the request)`)
    for (let one of answer.requests) {
      while (one.state === 'submitted') {
        await sleep(pollMs)
        one = await gateway.call('request', { id: one.id })
      }
      decided.push(one)
    }
    return { made: answer, requests: decided }
  })
  const [only] = requests
  const isOne = body.assets.length === 1 && only !== undefined
  await context.output.answer(isOne ? only : { ...made, requests }, () => submittedText({ ...made, requests }))
  const isMissed = options.wait === true && requests.some(({ state }) => state !== 'approved')
  return isMissed ? exitCodes.failed : exitCodes.ok
}

function submittedText({ set, requests, refused }: SubmittedView): string {
  const parts = requests.map(requestText)
  if (set !== null) parts.unshift(shown`Set ${set} of ${String(requests.length)} requests`)
  for (const { asset, decision } of refused) {
    parts.push([`${plain(asset)}: policy refuses this, and it was not asked for`, ...reasonLines(decision)].join('\n'))
  }
  return parts.join('\n\n')
}

/** @throws Failure when the file cannot be read. */
async function declare(path: string): Promise<{ name: string; sha256: string }> {
  const { name, sha256 } = await digestOf(path)
  return { name, sha256 }
}
