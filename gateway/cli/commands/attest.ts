// Attesting what people and suppliers have shown: eligibility for controlled labels, trainings, expectations.

import { Option, type Command } from 'commander'
import type { PersonTrainingsView, TrainingsView } from '../../contract/views.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

const day = 24 * 3_600_000

interface ProofOptions extends RemoteOptions {
  readonly until: string
  readonly reference: string
}

function proofOptions(command: Command): Command {
  return command
    .requiredOption('--until <day>', 'last day it holds, UTC, as 2026-12-31')
    .requiredOption('--reference <text>', 'where the proof is kept')
}

/** The end of a day, UTC. */
function endOf(text: string): number {
  const begin = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(begin) || !new Date(begin).toISOString().startsWith(text))
    throw misused(`--until \`${text}\`: expected a day such as 2026-12-31`)
  return begin + day
}

const proofIn = ({ until, reference }: ProofOptions) => ({ until: endOf(until), reference })

export function addAttestCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'attest', 'attest what people and suppliers have shown')
  addPerson(group, invocation)
  addTraining(group, invocation)
  addSupplier(group, invocation)
  addLists(group, invocation)
  addWithdraw(group, invocation)
}

function addPerson(group: Command, invocation: Invocation): void {
  addCommand<ProofOptions & { readonly label: string }>(group, invocation, {
    name: 'person <login>',
    summary: 'attest that a person may touch a controlled label',
    about:
      'Attests that a person may touch what carries a controlled label of the scope, until a day and at most for a year.\n' +
      'The reference says where the proof is kept; the proof itself never comes here.',
    examples: ['attest person engineer1 --label export-controlled --until 2026-12-31 --reference "HR file 4711"'],
    options: (command) =>
      proofOptions(remoteOptions(command).requiredOption('--label <label>', 'a controlled label of the scope')),
    run: async (context, options, [person = '']) => {
      const body = { person, label: options.label, ...proofIn(options) }
      const view = await withGateway(context, options, (gateway) => gateway.call('attest', { body }))
      await context.output.answer(
        view,
        () => shown`Attested ${view.person.displayName} for ${view.label} until ${options.until} (${view.id})`,
      )
    },
  })
}

function addTraining(group: Command, invocation: Invocation): void {
  addCommand<ProofOptions & { readonly training: string }>(group, invocation, {
    name: 'training <login>',
    summary: 'attest that a person has done a training',
    about:
      'Attests that a person has done a training that access.yaml declares, until a day and at most for as many days as\n' +
      'it says. Access that needs the training is denied without it. Nobody attests their own.',
    examples: ['attest training vendor1 --training site-induction --until 2027-03-31 --reference "record 88"'],
    options: (command) =>
      proofOptions(remoteOptions(command).requiredOption('--training <id>', 'a training of access.yaml')),
    run: async (context, options, [person = '']) => {
      const body = { person, training: options.training, ...proofIn(options) }
      const view = await withGateway(context, options, (gateway) => gateway.call('attestTraining', { body }))
      await context.output.answer(
        view,
        () => shown`Attested ${options.training} of ${view.person.displayName} until ${options.until}`,
      )
    },
  })
}

function addSupplier(group: Command, invocation: Invocation): void {
  addCommand<ProofOptions & { readonly expectation: string }>(group, invocation, {
    name: 'supplier <supplier>',
    summary: 'attest that a supplier does what is expected of it',
    about:
      'Attests that a supplier does what suppliers.yaml expects of it by its risk tier, until a day and at most for as\n' +
      'many days as it says. Without it the supplier’s people have no access. Nobody attests for their own supplier.',
    examples: [
      'attest supplier acme-drives --expectation incident-contact --until 2026-12-31 --reference "contract annex 3"',
    ],
    options: (command) =>
      proofOptions(remoteOptions(command).requiredOption('--expectation <id>', 'what suppliers.yaml expects')),
    run: async (context, options, [id = '']) => {
      const body = { expectation: options.expectation, ...proofIn(options) }
      const view = await withGateway(context, options, (gateway) => gateway.call('attestExpectation', { id, body }))
      await context.output.answer(view, () => shown`Attested ${view.id} of ${id} until ${options.until}`)
    },
  })
}

function addLists(group: Command, invocation: Invocation): void {
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list attestations of controlled labels',
    about: 'Lists your own attestations; who answers for the whole sees all.',
    examples: ['attest list'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('attestations'))
      await context.output.answer(view, () =>
        tableText(
          ['ATTESTATION', 'STATE', 'PERSON', 'LABEL', 'UNTIL', 'BY', 'REFERENCE'],
          view.items.map(({ id, state, person, label, until, by, reference }) => [
            id,
            state,
            person.login,
            label,
            showInstant(until),
            by.login,
            reference,
          ]),
          'No attestation',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'trainings',
    summary: 'list who has done which training, and who lacks one',
    about:
      'Lists your own trainings; who answers for the whole sees everybody. What a supplier has shown: suppliers ID.',
    examples: ['attest trainings'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('trainings'))
      await context.output.answer(view, () => trainingsText(view))
    },
  })
}

function trainingsText({ declared, people }: TrainingsView): string {
  return [
    tableText(
      ['TRAINING', 'TITLE', 'FOR', 'VALID'],
      declared.map(({ id, title, for: needed, validDays }) => [id, title, needed, `${validDays} days`]),
      'No training is declared',
    ),
    tableText(
      ['PERSON', 'TRAINING', 'STATE', 'UNTIL', 'ATTESTATION', 'BY', 'REFERENCE'],
      people.flatMap(rowsOf),
      'Nobody needs one',
    ),
  ].join('\n\n')
}

function rowsOf({ person, trainings }: PersonTrainingsView): string[][] {
  return trainings.map(({ training, state, proof }) => [
    person.login,
    training,
    state,
    proof === null ? '-' : showInstant(proof.until),
    proof?.attestation ?? '-',
    proof?.by.login ?? '-',
    proof?.reference ?? '-',
  ])
}

const withdrawals = {
  label: 'withdrawAttestation',
  training: 'withdrawTraining',
  expectation: 'withdrawExpectation',
} as const

interface WithdrawOptions extends RemoteOptions {
  readonly of: keyof typeof withdrawals
  readonly reason: string
}

function addWithdraw(group: Command, invocation: Invocation): void {
  addCommand<WithdrawOptions>(group, invocation, {
    name: 'withdraw <attestation>',
    summary: 'take it back',
    about: 'Withdraws an attestation. It counts for nothing from then on, and sessions that rest on it end.',
    examples: [
      'attest withdraw att_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "changed employer"',
      'attest withdraw att_01hzy8x5r2k3m4n5p6q7r8s9t0 --of training --reason "examined again, and failed"',
    ],
    options: (command) =>
      remoteOptions(command)
        .addOption(
          new Option('--of <kind>', 'what it is of: label, training or expectation')
            .choices(Object.keys(withdrawals))
            .default('label'),
        )
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: withdraw,
  })
}

async function withdraw(context: Context, options: WithdrawOptions, [id = '']: readonly string[]): Promise<void> {
  const body = { reason: options.reason }
  const view = await withGateway(context, options, async (gateway) =>
    gateway.call(withdrawals[options.of], { id, body }),
  )
  await context.output.answer(view, () => shown`Withdrew ${id}`)
}
