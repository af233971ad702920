// What the release of a bundle needs beside a second person: the safety review of what touches the safety path, and the
// dossier an auditor reads.

import type { Command } from 'commander'
import { proposalText } from '../bundle-text.ts'
import { addCommand, type Invocation } from '../command.ts'
import { misused } from '../failure.ts'
import { dossierText } from '../release-text.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'

interface ReviewOptions extends RemoteOptions {
  readonly approve?: true
  readonly reject?: true
  readonly reference?: string
  readonly comment: string
}

interface TrialOptions extends RemoteOptions {
  readonly passed?: true
  readonly failed?: true
  readonly site: string
  readonly reference: string
  readonly findings: string
}

export function addBundleReleaseCommands(group: Command, invocation: Invocation): void {
  addCommand<ReviewOptions>(group, invocation, {
    name: 'safety-review <proposal>',
    summary: 'say yes or no to what a proposal changes on the safety path',
    about:
      'As a safety engineer of the plant, who did not propose it: after looking at what it changes on the safety path\n' +
      '(`bundle show`), against a record that the change was validated. Without a yes it is not activated; who said yes\n' +
      'does not activate it. Putting the proposal on another base makes it void.',
    examples: [
      'bundle safety-review pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --approve --reference VAL-2026-7 --comment "trip times measured"',
      'bundle safety-review pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --reject --comment "the trip time is not known"',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--approve', 'yes')
        .option('--reject', 'no')
        .option('--reference <id>', 'the validation record; a yes needs one')
        .requiredOption('--comment <text>', 'what was looked at, and the judgement; evidence'),
    run: async (context, options, [id = '']) => {
      const { approve, reject, reference, comment } = options
      if ((approve === undefined) === (reject === undefined)) throw misused('give either --approve or --reject')
      if (approve === true && reference === undefined)
        throw misused('a yes names the validation record: give --reference')
      const verdict = approve === true ? ('approved' as const) : ('rejected' as const)
      const view = await withGateway(context, options, async (gateway) => {
        const found = await gateway.call('proposal', { id })
        const base = found.comparison?.from.digest ?? found.proposal.base
        const body = { base, verdict, comment, ...(reference === undefined ? {} : { reference }) }
        return gateway.call('reviewSafety', { id, body })
      })
      await context.output.answer(view, () => proposalText(view))
    },
  })
  addCommand<TrialOptions>(group, invocation, {
    name: 'tested <proposal>',
    summary: 'record how a proposal did outside production',
    about:
      'Keeps, as evidence, that the proposed bundle was tested where nothing can break: in a pre-production plant (a gateway\n' +
      'with `stage: pre-production`), on a simulator, at an acceptance test. Where `testedFirst` of scope.yaml demands it, a\n' +
      'bundle is put in force only after its last test passed. Other files are another bundle, which has to be tested again.',
    examples: [
      'bundle tested pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --passed --site "line 4 mirror" --reference FAT-2026-11 --findings "12 cases, all as expected"',
      'bundle tested pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --failed --site "line 4 mirror" --reference FAT-2026-12 --findings "vendor kept off line 2"',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--passed', 'it did what it should')
        .option('--failed', 'it did not')
        .requiredOption('--site <name>', 'where it was tested')
        .requiredOption('--reference <id>', 'the record of the test')
        .requiredOption('--findings <text>', 'what was tried, and what came of it; evidence'),
    run: async (context, options, [id = '']) => {
      const { passed, failed, site, reference, findings } = options
      if ((passed === undefined) === (failed === undefined)) throw misused('give either --passed or --failed')
      const result = passed === true ? ('passed' as const) : ('failed' as const)
      const body = { result, site, reference, findings }
      const view = await withGateway(context, options, (gateway) => gateway.call('recordTrial', { id, body }))
      await context.output.answer(view, () => dossierText(view))
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'dossier <proposal>',
    summary: 'show the release dossier of a proposal, from the evidence',
    about:
      'Gathers the records a change of a validated system is released by: impact, dry run, safety review, approval and\n' +
      'way back, each with its entry in the ledger, and says which are missing.',
    examples: ['bundle dossier pro_01hzy8x5r2k3m4n5p6q7r8s9t0', 'bundle dossier pro_01hzy8x5r2k3m4n5p6q7r8s9t0 --json'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('dossier', { id }))
      await context.output.answer(view, () => dossierText(view))
    },
  })
}
