// Legal holds: what must not be deleted or erased, whatever its age.

import type { Command } from 'commander'
import type { HoldBody } from '../../contract/custody-bodies.ts'
import type { HoldView } from '../../contract/views.ts'
import { addCommand, addGroup, asInstant, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

interface SetOptions extends RemoteOptions {
  readonly reason: string
  readonly reference: string
  readonly from?: number
  readonly until?: number
}

const targetForm = 'a session (`ses_…`), `person:LOGIN`, `supplier:ID`, `asset:ID`, `plant:ID` or `all`'

function targetOf(text: string): HoldBody['target'] {
  if (text === 'all') return { kind: 'all', id: '' }
  if (text.startsWith('ses_')) return { kind: 'session', id: text }
  const kind = (['person', 'supplier', 'asset', 'plant'] as const).find((each) => text.startsWith(`${each}:`))
  if (kind === undefined) throw misused(`target \`${text}\`: expected ${targetForm}`)
  return { kind, id: text.slice(kind.length + 1) }
}

function spanOf({ from, until }: SetOptions): Pick<HoldBody, 'span'> {
  if (from === undefined && until === undefined) return {}
  if (from === undefined || until === undefined) throw misused('--from and --until: give both, or none')
  return { span: { from, until } }
}

const nameTarget = ({ target }: HoldView): string => (target.id === '' ? target.kind : `${target.kind}:${target.id}`)

export function addHoldCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'hold', 'keep evidence from being deleted or erased')
  addCommand<SetOptions>(group, invocation, {
    name: 'set <target>',
    summary: 'put evidence on legal hold',
    about:
      'Puts evidence on legal hold: while it stands, no recording it covers is deleted and no personal data in it is\n' +
      `erased, however old. With --from and --until only what touches that time. A target is ${targetForm}.\n` +
      'Who set a hold does not release it.',
    examples: [
      'hold set ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "warranty claim" --reference INC-17',
      'hold set plant:north --from 2026-03-01T00:00Z --until 2026-03-03T00:00Z --reason "accident" --reference "BG 44/26"',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--reason <text>', 'why it is kept, for the evidence')
        .requiredOption('--reference <text>', 'where that is written down: a case, an incident, a letter')
        .option('--from <instant>', 'only what touches the time from here', asInstant)
        .option('--until <instant>', 'to here', asInstant),
    run: async (context, options, [target = '']) => {
      const { reason, reference } = options
      const body = { target: targetOf(target), reason, reference, ...spanOf(options) }
      const view = await withGateway(context, options, (gateway) => gateway.call('hold', { body }))
      await context.output.answer(view, () => shown`Holds ${view.id}: ${view.target.kind} ${view.target.name}`)
    },
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'release <hold>',
    summary: 'let go of what a hold covers',
    about: 'Releases a legal hold that another person set. What is past its day may be deleted again.',
    examples: ['hold release hld_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "settled on 2027-02-01"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('releaseHold', { id, body }))
      await context.output.answer(view, () => shown`Released ${view.id}: ${view.target.kind} ${view.target.name}`)
    },
  })
  addCommand<RemoteOptions & { readonly all?: true }>(group, invocation, {
    name: 'list',
    summary: 'list legal holds',
    about: 'Lists legal holds, newest first.',
    examples: ['hold list', 'hold list --all'],
    options: (command) => remoteOptions(command).option('--all', 'also released ones'),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'open' }
      const view = await withGateway(context, options, (gateway) => gateway.call('holds', { query }))
      await context.output.answer(view, () =>
        tableText(
          ['HOLD', 'TARGET', 'SPAN', 'SINCE', 'BY', 'RELEASED', 'REFERENCE', 'REASON'],
          view.items.map((hold) => [
            hold.id,
            nameTarget(hold),
            hold.span === null ? 'whenever' : `${showInstant(hold.span.from)} to ${showInstant(hold.span.until)}`,
            showInstant(hold.at),
            hold.by.login,
            hold.released === null ? '-' : `${showInstant(hold.released.at)} by ${hold.released.by.login}`,
            hold.reference,
            hold.reason,
          ]),
          'No legal hold',
        ),
      )
    },
  })
}
