// Erasing personal data behind the commitments of the ledger, as an act of two people.

import type { Command } from 'commander'
import type { ErasureBody } from '../../contract/custody-bodies.ts'
import type { ErasureView } from '../../contract/views.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

const example = 'era_01hzy8x5r2k3m4n5p6q7r8s9t0'
const subjectForm = '`person:LOGIN`, or a commitment as the evidence shows it (`sha256:…`)'

function subjectOf(text: string): ErasureBody['subject'] {
  if (text.startsWith('person:')) return { kind: 'person', id: text.slice('person:'.length) }
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return { kind: 'commitment', id: text }
  throw misused(`subject \`${text}\`: expected ${subjectForm}`)
}

const nameSubject = ({ subject }: ErasureView): string =>
  subject.kind === 'person' ? `person ${subject.name}` : subject.id

async function decide(
  context: Context,
  options: RemoteOptions & { readonly reason: string },
  route: 'confirmErasure' | 'withdrawErasure',
  id: string,
): Promise<void> {
  const body = { reason: options.reason }
  const view = await withGateway(context, options, (gateway) => gateway.call(route, { id, body }))
  await context.output.answer(view, () =>
    view.state === 'done'
      ? shown`Erased ${view.values} values of ${nameSubject(view)}: the ledger keeps their commitments`
      : shown`Withdrawn ${view.id}: nothing was erased`,
  )
}

export function addErasureCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'erasure', 'erase personal data from the evidence, as an act of two people')
  const reasonOption = (command: Command): Command =>
    remoteOptions(command).requiredOption('--reason <text>', 'why, without the data itself; for the evidence')
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'propose <subject>',
    summary: 'propose to erase what is kept of a person, or one value',
    about:
      'Proposes to erase the values that commitments of the ledger stand for: addresses, names, words. The commitments\n' +
      'stay, and the ledger verifies as before. What is on legal hold or younger than its retention class keeps stays.\n' +
      `A subject is ${subjectForm}. Nothing goes before another person confirms it.`,
    examples: [
      'erasure propose person:alice --reason "request of 2027-03-02, left the supplier"',
      `erasure propose sha256:${'0'.repeat(64)} --reason "a password was typed as the purpose"`,
    ],
    options: reasonOption,
    run: async (context, options, [subject = '']) => {
      const body = { subject: subjectOf(subject), reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('proposeErasure', { body }))
      await context.output.answer(
        view,
        () =>
          shown`Proposed ${view.id}: ${view.values} values of ${nameSubject(view)}, once another person confirms it`,
      )
    },
  })
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'list',
    summary: 'list erasures',
    about: 'Lists erasures, newest first.',
    examples: ['erasure list'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('erasures', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['ERASURE', 'STATE', 'SUBJECT', 'VALUES', 'PROPOSED', 'BY', 'DECIDED BY', 'REASON'],
          items.map((view) => [
            view.id,
            view.state,
            nameSubject(view),
            String(view.values),
            showInstant(view.at),
            view.by.login,
            view.decided?.by.login ?? '-',
            view.reason,
          ]),
          'No erasure',
        ),
      )
    },
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'confirm <erasure>',
    summary: 'confirm it as the second person',
    about: 'Confirms an erasure that another person proposed: salts and values are gone when it answers.',
    examples: [`erasure confirm ${example} --reason "request checked"`],
    options: reasonOption,
    run: (context, options, [id = '']) => decide(context, options, 'confirmErasure', id),
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'withdraw <erasure>',
    summary: 'take it back, or turn it down',
    about: 'Takes back or turns down an erasure that nobody has confirmed.',
    examples: [`erasure withdraw ${example} --reason "the contract runs on"`],
    options: reasonOption,
    run: (context, options, [id = '']) => decide(context, options, 'withdrawErasure', id),
  })
}
