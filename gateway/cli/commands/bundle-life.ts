// The life of bundles at a gateway: proposed, looked at, activated by another person, rolled back. Two commands work on
// the gateway's own machine as well.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { needBundle, needFiles } from '../bundle-folder.ts'
import { bundleText, comparisonText, dryRunText, howOf, proposalText, short } from '../bundle-text.ts'
import { addCommand, asNumber, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { nameOf } from '../name-text.ts'
import { configFile, configOption, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { canAsk, confirm } from '../prompt.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

interface DryRunOptions extends RemoteOptions, ConfigOptions {
  readonly days: number
  readonly local?: true
  readonly proposal?: string
}

interface ProposeOptions extends RemoteOptions {
  readonly comment: string
  readonly change?: string
  readonly rollback?: string
}

export function addBundleLifeCommands(group: Command, invocation: Invocation): void {
  addCommand<DryRunOptions>(group, invocation, {
    name: 'dry-run [dir]',
    summary: 'ask the decisions of the last days again under another bundle',
    about:
      'Takes the recorded decisions of the last days again, under the bundle of their day and under the one in the\n' +
      'folder, and says which turn. What a decision rested on and is not kept (a suspension, a presence) is counted and\n' +
      'not guessed. Asks the gateway; with --local reads the store of this machine. Of a proposal the figures are kept as\n' +
      'evidence, for its dossier.',
    examples: [
      'bundle dry-run ./bundle --days 7',
      'bundle dry-run --proposal pro_01hzy8x5r2k3m4n5p6q7r8s9t0',
      'bundle dry-run ./bundle --local --config sallyport.yaml',
    ],
    options: (command) =>
      configOption(remoteOptions(command))
        .option('--days <n>', 'how many days back', asNumber(1, 400, true), 7)
        .option('--proposal <id>', 'a proposal instead of a folder')
        .option('--local', 'on this machine\u2019s store, without a gateway'),
    run: (context, options, [dir]) => {
      if ((dir === undefined) === (options.proposal === undefined)) throw misused('give a folder, or --proposal')
      if (options.local !== true) return dryRunThere(context, options, dir)
      if (dir === undefined) throw misused('--local reads a folder: of a proposal the gateway has the files')
      return dryRunHere(context, options, dir)
    },
  })
  addCommand<ProposeOptions>(group, invocation, {
    name: 'propose <dir>',
    summary: 'propose a bundle for another person to activate',
    about:
      'Sends the files of a folder to the gateway, which checks them whole. Nothing changes before another person\n' +
      'activates it. Shows what it would change, and whether it touches the safety path: then a safety engineer reviews it\n' +
      'first. The change and the way back are part of its release dossier.',
    examples: [
      'bundle propose ./bundle --comment "line 4 enters the scope"',
      'bundle propose ./bundle --comment "line 4" --change CHG-2041 --rollback "bundle rollback, at once"',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--comment <text>', 'what changes and why')
        .option('--change <id>', 'the change it belongs to in your change control')
        .option('--rollback <text>', 'how to go back'),
    run: async (context, options, [dir = '']) => {
      const { comment, change, rollback } = options
      const notes = { ...(change === undefined ? {} : { change }), ...(rollback === undefined ? {} : { rollback }) }
      const body = { files: await needFiles(dir), comment, ...notes }
      const view = await withGateway(context, options, (gateway) => gateway.call('propose', { body }))
      await context.output.answer(view, () => proposalText(view))
    },
  })
  addCommand<RemoteOptions & { readonly all?: true; readonly limit: number }>(group, invocation, {
    name: 'proposals',
    summary: 'list proposals',
    about: 'Lists proposals that are open, newest first.',
    examples: ['bundle proposals', 'bundle proposals --all'],
    options: (command) => limitOption(remoteOptions(command)).option('--all', 'also those that were decided'),
    run: async (context, options) => {
      const query: Record<string, string> = options.all === true ? {} : { state: 'open' }
      const items = await withGateway(context, options, (gateway) => gateway.list('proposals', query, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['PROPOSAL', 'STATE', 'BUNDLE', 'SCOPE', 'BY', 'AT', 'COMMENT'],
          items.map(({ id, state, outdated, bundle, scopeVersion, by, at, comment }) => [
            id,
            outdated ? 'outdated' : state,
            short(bundle),
            scopeVersion,
            by?.login ?? 'folder',
            showInstant(at),
            comment,
          ]),
          'No proposal',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show [proposal]',
    summary: 'show what is in force, or a proposal and what it would change',
    about: 'Shows the bundle in force and how it came to be so; or a proposal, its difference, and what it would end.',
    examples: ['bundle show', 'bundle show pro_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id]) => {
      if (id === undefined) {
        const view = await withGateway(context, options, (gateway) => gateway.call('bundle'))
        return context.output.answer(view, () => bundleText(view))
      }
      const view = await withGateway(context, options, (gateway) => gateway.call('proposal', { id }))
      return context.output.answer(view, () => proposalText(view))
    },
  })
  addCommand<RemoteOptions & { readonly out: string }>(group, invocation, {
    name: 'fetch [bundle]',
    summary: 'write the files of a bundle or proposal into a new folder',
    about:
      'Writes the files of a bundle that is or was in force (by digest; without one, that in force now) or of a proposal\n' +
      '(by id) into a folder that is made for it: to work on from there, or to look at later.',
    examples: ['bundle fetch --out ./bundle-in-force', 'bundle fetch pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --out ./proposed'],
    options: (command) => remoteOptions(command).requiredOption('--out <dir>', 'folder to make'),
    run: (context, options, [bundle]) => fetchFiles(context, options, bundle),
  })
  addCommand<
    RemoteOptions & ConfigOptions & { readonly folder?: true; readonly yes?: true; readonly decision?: string }
  >(group, invocation, {
    name: 'activate [proposal]',
    summary: 'put a proposal in force',
    about:
      'Shows a proposal of another person and, after your yes, puts it in force. Refused where another bundle than the\n' +
      'one it was made for is in force by then. Open grants and living sessions are decided anew at once.\n\n' +
      'With --folder, on the gateway\u2019s own machine: puts the configured bundle folder in force, alone, as evidence.',
    examples: ['bundle activate pro_01hzy8x5r2k3m4n5p6q7r8s9t0', 'bundle activate --folder --config sallyport.yaml'],
    options: (command) =>
      configOption(remoteOptions(command))
        .option('--folder', 'the configured folder, on this machine')
        .option('--decision <reference>', "the committee's decision, for a major change")
        .option('--yes', 'without asking'),
    run: (context, options, [id]) => {
      if ((id === undefined) === (options.folder === undefined))
        throw misused('give a proposal, or --folder on the gateway\u2019s own machine')
      return id === undefined ? activateHere(context, options) : activateThere(context, options, id)
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'rebase <proposal>',
    summary: 'put an outdated proposal of your own on what is in force now',
    about:
      'Says that your proposal is still meant after another bundle came into force meanwhile. It is activated as it is:\n' +
      'what it would take back of the other change is in the difference shown.',
    examples: ['bundle rebase pro_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, async (gateway) => {
        const { digest } = await gateway.call('bundle')
        return gateway.call('rebase', { id, body: { base: digest } })
      })
      await context.output.answer(view, () => proposalText(view))
    },
  })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'reject <proposal>',
    summary: 'refuse a proposal',
    about: 'Refuses a proposal. It is evidence; the files can still be read.',
    examples: ['bundle reject pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "line 4 has no owner yet"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for who proposed it'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('rejectProposal', { id, body }))
      await context.output.answer(view, () => shown`Rejected ${view.proposal.id}`)
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'withdraw <proposal>',
    summary: 'take back a proposal of your own',
    about: 'Takes back a proposal of your own. It is evidence.',
    examples: ['bundle withdraw pro_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('withdrawProposal', { id }))
      await context.output.answer(view, () => shown`Withdrawn ${view.proposal.id}`)
    },
  })
  addCommand<RemoteOptions & { readonly reason: string; readonly yes?: true }>(group, invocation, {
    name: 'rollback',
    summary: 'put the bundle before the latest activation in force again',
    about:
      'Goes back one step, at once and by one person alone, as evidence. A second step back is a proposal like any other.',
    examples: ['bundle rollback --reason "nobody can operate the presses"'],
    options: (command) =>
      remoteOptions(command).requiredOption('--reason <text>', 'why; evidence').option('--yes', 'without asking'),
    run: async (context, options) => {
      const view = await withGateway(context, options, async (gateway) => {
        const current = await gateway.call('bundle')
        if (current.rollsBackTo !== null)
          await needYes(context, options, bundleText(current), `Roll back to ${short(current.rollsBackTo)}?`)
        return gateway.call('rollback', { body: { base: current.digest, reason: options.reason } })
      })
      await context.output.answer(view, () => bundleText(view))
    },
  })
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'history',
    summary: 'list what was in force when',
    about: 'Lists the bundles that were in force, newest first, and who put them there.',
    examples: ['bundle history', 'bundle history --json'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('bundleHistory', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['SINCE', 'BUNDLE', 'SCOPE', 'HOW'],
          items.map((one) => [showInstant(one.at), short(one.bundle), one.scopeVersion, howOf(one)]),
          'Nothing was ever in force',
        ),
      )
    },
  })
}

/** What a folder would change of what is in force at the gateway. */
export async function compareWithGateway(context: Context, options: RemoteOptions, dir: string): Promise<void> {
  const body = { files: await needFiles(dir) }
  const view = await withGateway(context, options, (gateway) => gateway.call('bundleDiff', { body }))
  await context.output.answer(view, () => comparisonText(view))
}

/** Shows on standard error what is about to be changed and asks; a script says --yes. */
async function needYes(
  { output }: Context,
  { yes }: { readonly yes?: true },
  text: string,
  question: string,
): Promise<void> {
  if (yes === true) return
  if (!canAsk()) throw misused('no terminal to ask for your yes: look with `sallyport bundle show`, then give --yes')
  output.note(text)
  if (!(await confirm(question, 'give --yes'))) throw new Failure('not done: nothing was changed')
}

async function activateThere(
  context: Context,
  options: RemoteOptions & { readonly yes?: true; readonly decision?: string },
  id: string,
): Promise<void> {
  const { decision } = options
  const view = await withGateway(context, options, async (gateway) => {
    const found = await gateway.call('proposal', { id })
    const { digest } = await gateway.call('bundle')
    await needYes(
      context,
      options,
      proposalText(found),
      `Put this in force, proposed by ${nameOf(found.proposal.by, 'the folder')}?`,
    )
    const base = found.comparison?.from.digest ?? digest
    return gateway.call('activate', { id, body: { base, ...(decision === undefined ? {} : { decision }) } })
  })
  await context.output.answer(view, () => bundleText(view))
}

async function activateHere(context: Context, options: ConfigOptions): Promise<void> {
  const activation = await withStore(context, options, async ({ config, store }) => {
    const [{ activateFolder }, { openShelf }, { systemClock }] = await Promise.all([
      import('../../access/activate-folder.ts'),
      import('../../access/bundle-shelf.ts'),
      import('../../clock.ts'),
    ])
    const { bundle, files } = await needBundle(config.bundleFolder)
    return activateFolder({ store, shelf: openShelf(), clock: systemClock }, bundle, files)
  })
  if (activation === 'dossier-demanded')
    throw new Failure(
      'a bundle is put in force here only with a complete release dossier, and a folder has none: propose it with `sallyport bundle propose --change … --rollback …`, and another person activates it',
    )
  if (activation === 'decision-demanded')
    throw new Failure(
      "it is a major change, which takes the reference of the committee's decision, and a folder names none: propose it with `sallyport bundle propose`, and another person activates it with `sallyport bundle activate --decision …`",
    )
  await context.output.answer({ activation }, () =>
    activation === null
      ? 'The folder is in force already: nothing was changed'
      : shown`In force: ${activation.digest}, scope version ${activation.scopeVersion}`,
  )
}

async function dryRunThere(context: Context, options: DryRunOptions, dir: string | undefined): Promise<void> {
  const { days, proposal } = options
  const body = dir === undefined ? { proposal: proposal ?? '', days } : { files: await needFiles(dir), days }
  const report = await withGateway(context, options, (gateway) =>
    gateway.dryRun(body, (done, total) => noteProgress(context, done, total)),
  )
  await context.output.answer(report, () => dryRunText(report))
}

async function dryRunHere(
  context: Context,
  options: ConfigOptions & { readonly days: number },
  dir: string,
): Promise<void> {
  if (configFile(context, options) === null) context.output.note('note: configuration from the environment alone')
  const { bundle } = await needBundle(dir)
  const view = await withStore(context, options, async ({ store }) => {
    const [{ dryRun }, { openShelf }, { systemClock }, { dryRunView }] = await Promise.all([
      import('../../access/dry-run.ts'),
      import('../../access/bundle-shelf.ts'),
      import('../../clock.ts'),
      import('../../api/bundle-view.ts'),
    ])
    for await (const step of dryRun({ store, shelf: openShelf(), clock: systemClock }, bundle, options.days)) {
      if (step.kind === 'report') return dryRunView(step.report)
      noteProgress(context, step.done, step.total)
    }
    throw new Failure('the dry run ended without a report')
  })
  await context.output.answer(view, () => dryRunText(view))
}

function noteProgress({ output }: Context, done: number, total: number): void {
  if (output.terminal && done > 0 && done < total) output.note(`${done} of ${total} entries read`)
}

async function fetchFiles(
  context: Context,
  options: RemoteOptions & { readonly out: string },
  bundle: string | undefined,
): Promise<void> {
  const { digest, files } = await withGateway(context, options, async (gateway) => {
    const id = bundle ?? (await gateway.call('bundle')).digest
    return gateway.call('bundleFiles', { id })
  })
  const names = Object.keys(files)
  // The names come over the network: only plain ones are written, and only into a folder that was not there.
  const odd = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/.test(name))
  if (odd !== undefined) throw new Failure(`file \`${odd}\`: not a name of a bundle: nothing was written`)
  try {
    await mkdir(options.out)
  } catch (error) {
    throw new Failure(`folder \`${options.out}\`: cannot be made: give one that is not there yet`, { cause: error })
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(options.out, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
  }
  await context.output.answer(
    { digest, files: names },
    () => shown`Wrote ${names.length} files of ${digest} to ${options.out}`,
  )
}
