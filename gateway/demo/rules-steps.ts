// The scripted demo where the rules change: one person proposes a bundle, nobody activates their own, another does, and
// one step back is one step; and what touches the safety path waits for a safety engineer.

import type { BundleFilesView, BundleView, ProposalView } from '../contract/bundle-views.ts'
import type { ProblemView } from '../contract/views.ts'
import type { DossierView } from '../contract/release-views.ts'
import { ensure } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { problemOf } from './api-visitor.ts'
import type { Steps } from './steps.ts'

const asset = 'ews-2'
const exclusion = `exclude:
  - id: north-line-2-workstation
    plant: north
    assets: [${asset}]
    reason: handed over to the packaging company, which covers it itself
`

/** The scope with one asset less, as somebody would edit it. */
function without(scope: string): string {
  const next = scope.replace(/^version: .*$/m, 'version: 2026-2').replace(/^exclude:\n/m, exclusion)
  ensure(next.includes(exclusion), 'a scope with exclusions', 'one without')
  return next
}

/** Plays it; afterwards the rules are as they were. @throws StepFailed with the step that went wrong. */
export async function playRules(steps: Steps, actors: Actors): Promise<void> {
  const { proposed, inForce } = await steps.run('propose', async () => {
    const manager = await actors.visitor('manager')
    const before = await manager.ok<BundleView>('GET', '/bundle')
    const { files } = await manager.ok<BundleFilesView>('GET', `/bundles/${before.digest}/files`)
    const changed = { ...files, 'scope.yaml': without(files['scope.yaml'] ?? '') }
    const made = await manager.ok<ProposalView>('POST', '/proposals', {
      files: changed,
      comment: 'the workstation of line 2 is handed over',
    })
    const lines = made.comparison?.words.flatMap(({ title, lines: each }) => [
      title,
      ...each.map((line) => `- ${line}`),
    ])
    return {
      value: { proposed: made.proposal.id, inForce: before.digest },
      line: `ISMS manager proposes other rules: ${asset} leaves the scope; in words:`,
      details: lines ?? [],
    }
  })

  await steps.run('activate', async () => {
    const path = `/proposals/${proposed}/activate`
    const own = await (await actors.visitor('manager')).call<ProblemView>('POST', path, { base: inForce })
    ensure(
      own.status === 403,
      'a refusal to activate what one proposed (403)',
      `status ${own.status}: ${problemOf(own)}`,
    )
    const admin = await actors.visitor('admin')
    const { digest } = await admin.ok<BundleView>('POST', path, { base: inForce })
    const back = await admin.ok<BundleView>('POST', '/bundles/rollback', {
      base: digest,
      reason: 'the date of the hand-over has moved',
    })
    ensure(back.digest === inForce, 'the rules as they were', `bundle ${back.digest}`)
    return {
      value: null,
      line: 'who proposed cannot activate; another person does, and goes one step back again, each as evidence:',
      details: [`"${own.json().message}"`],
    }
  })

  await steps.run('validate', async () => {
    const [manager, admin, safety] = await Promise.all([
      actors.visitor('manager'),
      actors.visitor('admin'),
      actors.visitor('safety'),
    ])
    const { files } = await manager.ok<BundleFilesView>('GET', `/bundles/${inForce}/files`)
    const policies = (files['policies/safety.cedar'] ?? '').replace('review:24', 'review:12')
    const made = await manager.ok<ProposalView>('POST', '/proposals', {
      files: { ...files, 'policies/safety.cedar': policies },
      comment: 'work on safety systems is looked at within twelve hours',
      change: 'CHG-2041',
      rollback: 'one step back, at once',
    })
    const path = `/proposals/${made.proposal.id}`
    const early = await admin.call<ProblemView>('POST', `${path}/activate`, { base: inForce })
    ensure(early.status === 409, 'a refusal for want of a safety review (409)', `status ${early.status}`)
    await safety.ok<ProposalView>('POST', `${path}/safety-review`, {
      base: inForce,
      verdict: 'approved',
      reference: 'VAL-2026-7',
      comment: 'no rule lets anybody in who was not let in before',
    })
    const { digest } = await admin.ok<BundleView>('POST', `${path}/activate`, { base: inForce })
    const { entries, missing } = await admin.ok<DossierView>('GET', `${path}/dossier`)
    await admin.ok<BundleView>('POST', '/bundles/rollback', { base: digest, reason: 'the end of the demonstration' })
    return {
      value: null,
      line: 'rules about safety systems wait for a safety engineer, who names the validation; the dossier says what is there:',
      details: [
        `"${early.json().message}"`,
        `entries ${entries.map(({ index, type }) => `${index} ${type}`).join(', ')}`,
        `missing: ${missing.join(', ')}`,
      ],
    }
  })
}
