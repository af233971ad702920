// Files in the airlock: which there are, what is known of one, and letting one go or refusing it.

import type { Command } from 'commander'
import type { FileView } from '../../contract/views.ts'
import { showBytes } from '../byte-text.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

interface ListOptions extends RemoteOptions {
  readonly limit: number
  readonly waiting?: true
  readonly session?: string
}
interface ReasonOptions extends RemoteOptions {
  readonly reason: string
}

const example = 'fil_01hzy8x5r2k3m4n5p6q7r8s9t0'
const reasonOption = (command: Command): Command =>
  remoteOptions(command).requiredOption('--reason <text>', 'why, for who carries it and for the evidence')

export function addFileCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'file', 'files that wait to cross, and letting them go')
  addCommand<ListOptions>(group, invocation, {
    name: 'list',
    summary: 'list files that were taken in before they crossed',
    about: 'Lists files of your plants, newest first: where they go, what was found in them, and what became of them.',
    examples: ['file list --waiting', 'file list --session ses_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: (command) =>
      limitOption(remoteOptions(command))
        .option('--waiting', 'only those that wait for a person')
        .option('--session <id>', 'only those of one session'),
    run: async (context, options) => {
      const query = {
        ...(options.waiting === true && { waiting: 'true' }),
        ...(options.session !== undefined && { session: options.session }),
      }
      const items = await withGateway(context, options, (gateway) => gateway.list('files', query, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['FILE', 'STATE', 'YOURS TO DECIDE', 'WAY', 'ASSET', 'PATH', 'SIZE', 'TYPE', 'VERDICT', 'WHO'],
          items.map(({ id, state, mayDecide, direction, asset, path, size, found, person }) => [
            id,
            state,
            mayDecide ? 'yes' : '-',
            direction,
            asset,
            path,
            showBytes(size),
            found?.contentType ?? '-',
            found?.verdict.verdict ?? '-',
            person.login,
          ]),
          options.waiting === true ? 'No file waits' : 'No file',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show <file>',
    summary: 'show what is known of a file',
    about: 'Shows digest, type, verdict and listing of a file, by which rules it came, and what became of it.',
    examples: [`file show ${example}`],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('file', { id }))
      await context.output.answer(view, () => fileText(view))
    },
  })
  addCommand<ReasonOptions>(group, invocation, {
    name: 'release <file>',
    summary: 'let a file go',
    about:
      'Lets a file cross that waits for a person of the plant. Who carries it, or works for the same supplier, cannot.\n' +
      'Where its client waits no longer, the same content passes when it is sent again within the access.',
    examples: [`file release ${example} --reason "from the maker's site, digest compared"`],
    options: reasonOption,
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('releaseFile', { id, body }))
      await context.output.answer(view, () => shown`Let go: ${view.path} on ${view.asset}, of ${view.person.login}`)
    },
  })
  addCommand<ReasonOptions>(group, invocation, {
    name: 'refuse <file>',
    summary: 'do not let a file go',
    about: 'Refuses a file that waits for a person of the plant. Who carries it reads the reason.',
    examples: [`file refuse ${example} --reason "not the release we agreed on"`],
    options: reasonOption,
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('refuseFile', { id, body }))
      await context.output.answer(view, () => shown`Refused: ${view.path} on ${view.asset}, of ${view.person.login}`)
    },
  })
}

function fileText(view: FileView): string {
  const { found, direction, asset, path, decided } = view
  const way = direction === 'in' ? 'to' : 'from'
  const lines = [
    shown`${view.id}: ${view.state}`,
    shown`${way} ${asset}:${path}, by ${view.program}, of ${view.person.login} in ${view.session}`,
    shown`${showBytes(view.size)}, offered ${showInstant(view.askedAt)}`,
    ...view.rules.map(({ id, text }) => shown`rule ${id}: ${text}`),
    ...(found === null ? [] : foundLines(found)),
    ...(decided === null ? [] : [shown`decided by ${decided.by.login} ${showInstant(decided.at)}: ${decided.reason}`]),
    ...(view.mayDecide ? [shown`yours to decide: sallyport file release ${view.id} --reason TEXT`] : []),
  ]
  return lines.join('\n')
}

function foundLines({ sha256, contentType, archive, declaredAs, verdict }: NonNullable<FileView['found']>): string[] {
  const signatures = verdict.signaturesAt === null ? '' : `, signatures of ${showInstant(verdict.signaturesAt)}`
  const said = { clean: 'clean', infected: `infected (${verdict.found})`, none: `no verdict: ${verdict.why}` }
  return [
    shown`sha256 ${sha256}`,
    shown`type ${contentType}`,
    shown`${said[verdict.verdict]}${verdict.engine === null ? '' : `, ${verdict.engine}`}${signatures}`,
    declaredAs === null
      ? 'its digest was not declared in the request'
      : shown`declared in the request as ${declaredAs}`,
    ...(archive === null
      ? []
      : [
          shown`holds ${String(archive.entries)} entries, ${showBytes(archive.bytes)} unpacked`,
          ...archive.oddities.map((each) => shown`  look: ${each}`),
          ...archive.names.slice(0, 20).map(({ name, size }) => shown`  ${name} ${showBytes(size)}`),
        ]),
  ]
}
