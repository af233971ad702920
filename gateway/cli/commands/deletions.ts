// Deleting recordings past their day: what is due, proposing it, and confirming it as the second person.

import type { Command } from 'commander'
import type { DeletionView } from '../../contract/views.ts'
import { showBytes } from '../byte-text.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

const example = 'dln_01hzy8x5r2k3m4n5p6q7r8s9t0'

function deletionText(view: DeletionView): string {
  const { id, state, by, at, reason, decided, bytes, items } = view
  return [
    fieldsText([
      ['deletion', id],
      ['state', state],
      ['proposed', `${showInstant(at)} by ${by.login}`],
      ['reason', reason],
      ...(decided === null
        ? []
        : [['decided', `${showInstant(decided.at)} by ${decided.by.login}: ${decided.words}`] as const]),
      ['recordings', `${items.length}, ${showBytes(bytes)}`],
    ]),
    tableText(
      ['SESSION', 'STATE', 'PERSON', 'ASSET', 'STARTED', 'CLASS', 'KEPT UNTIL', 'SIZE', 'PROBLEM'],
      items.map((item) => [
        item.session,
        item.state,
        item.person.login,
        item.asset,
        showInstant(item.startedAt),
        item.retention,
        showInstant(item.keptUntil),
        showBytes(item.bytes),
        item.problem ?? '-',
      ]),
      'No recording',
    ),
  ].join('\n')
}

async function decide(
  context: Context,
  options: RemoteOptions & { readonly reason: string },
  route: 'confirmDeletion' | 'withdrawDeletion',
  id: string,
): Promise<void> {
  const body = { reason: options.reason }
  const view = await withGateway(context, options, (gateway) => gateway.call(route, { id, body }))
  await context.output.answer(view, () => deletionText(view))
}

export function addDeletionCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'deletion', 'delete recordings past their day, as an act of two people')
  const reasonOption = (command: Command): Command =>
    remoteOptions(command).requiredOption('--reason <text>', 'why, for the evidence')
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'due',
    summary: 'list what may be deleted',
    about: 'Lists recordings that are past their day, not on hold and in no proposal, oldest first.',
    examples: ['deletion due', 'deletion due --limit 500 --json'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('dueRecordings', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['SESSION', 'PERSON', 'ASSET', 'STARTED', 'CLASS', 'KEPT UNTIL', 'SIZE', 'LABELS'],
          items.map((item) => [
            item.session,
            item.person.login,
            item.asset,
            showInstant(item.startedAt),
            item.retention,
            showInstant(item.keptUntil),
            showBytes(item.bytes),
            item.labels.length === 0 ? '-' : item.labels.join(', '),
          ]),
          'No recording is past its day and free to go',
        ),
      )
    },
  })
  addCommand<RemoteOptions & { readonly reason: string; readonly due?: true }>(group, invocation, {
    name: 'propose [session...]',
    summary: 'propose to delete recordings',
    about:
      'Proposes to delete the recordings named, or with --due everything that is due, up to 500. Nothing goes before\n' +
      'another person confirms it. The recordings go then; their seal digests, this reason and both people stay in the\n' +
      'ledger, which verifies as before.',
    examples: [
      'deletion propose --due --reason "retention plan 2026, class standard"',
      'deletion propose ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "supplier contract ended, term over"',
    ],
    options: (command) => reasonOption(command).option('--due', 'everything that is due'),
    run: async (context, options, sessions) => {
      if ((options.due === true) === sessions.length > 0) throw misused('name sessions, or give --due')
      const body = { sessions: [...sessions], reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('proposeDeletion', { body }))
      await context.output.answer(view, () => deletionText(view))
    },
  })
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'list',
    summary: 'list proposals and what became of them',
    about: 'Lists deletions, newest first.',
    examples: ['deletion list'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('deletions', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['DELETION', 'STATE', 'PROPOSED', 'BY', 'DECIDED BY', 'RECORDINGS', 'SIZE', 'REASON'],
          items.map(({ id, state, at, by, decided, items: of, bytes, reason }) => [
            id,
            state,
            showInstant(at),
            by.login,
            decided?.by.login ?? '-',
            String(of.length),
            showBytes(bytes),
            reason,
          ]),
          'No deletion',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show <deletion>',
    summary: 'show one with its recordings',
    about: 'Shows a deletion with every recording in it, and what keeps one from being removed.',
    examples: [`deletion show ${example}`],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('deletion', { id }))
      await context.output.answer(view, () => deletionText(view))
    },
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'confirm <deletion>',
    summary: 'confirm it as the second person',
    about:
      'Confirms a deletion that another person proposed: from here on its recordings are removed, for good. What was put\n' +
      'on hold meanwhile stays.',
    examples: [`deletion confirm ${example} --reason "compared with the retention plan"`],
    options: reasonOption,
    run: (context, options, [id = '']) => decide(context, options, 'confirmDeletion', id),
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'withdraw <deletion>',
    summary: 'take it back, or turn it down',
    about: 'Takes back or turns down a deletion that nobody has confirmed. Its recordings stay.',
    examples: [`deletion withdraw ${example} --reason "the audit is not over"`],
    options: reasonOption,
    run: (context, options, [id = '']) => decide(context, options, 'withdrawDeletion', id),
  })
}
