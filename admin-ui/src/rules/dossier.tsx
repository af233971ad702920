// The release dossier of a proposal: the records its release rests on, each with its entry in the ledger, and which are
// missing.

import { Button, Modal, Stack, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DossierView } from '../../../gateway/contract/release-views.ts'
import { dossierQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'
import { SafetyReviews } from './safety-review.tsx'

const trialWords: Readonly<Record<NonNullable<DossierView['trial']>['result'], Word>> = {
  passed: { word: 'Passed', tone: 'good', mark: 'check' },
  failed: { word: 'Failed', tone: 'bad', mark: 'cross' },
}

type Person = { readonly displayName: string } | null

/** Who and when, with the entry that shows it. */
function Cited({ of, by, nobody }: { of: { index: number; at: number }; by: Person; nobody: string }) {
  return (
    <>
      {by?.displayName ?? nobody}, <When at={of.at} />
      <span className="sp-muted">, entry {of.index}</span>
    </>
  )
}

function impactWords({
  assetsMoved,
  changes,
  grantsOpen,
  grantsEnded,
  sessionsEnded,
}: NonNullable<DossierView['impact']>) {
  const moved = `${changes ?? 'unknown'} changes, ${assetsMoved ?? 'unknown'} assets moved in or out of scope`
  if (grantsEnded === null) return `${moved}; what it would end was not counted`
  return `${moved}; ended ${grantsEnded} of ${grantsOpen} open grants and ${sessionsEnded} sessions`
}

function testWords({ days, decisions, rebuilt, nowDenied, nowPermitted }: NonNullable<DossierView['test']>) {
  return `${rebuilt} of ${decisions} decisions of ${days} days asked again: ${nowDenied} now denied, ${nowPermitted} now permitted`
}

const erased = 'erased'

function Trial({ of }: { of: NonNullable<DossierView['trial']> }) {
  return (
    <span>
      <Badge of={trialWords[of.result]} /> at {of.site ?? erased}: {of.findings ?? erased} (
      <b>{of.reference ?? erased}</b>); <Cited of={of} by={of.by} nobody="nobody" />
    </span>
  )
}

function Records({ of }: { of: DossierView }) {
  const { impact, test, trial, safety, approval, rollback, proposed } = of
  return (
    <Facts
      names="long"
      of={[
        ['What and why', of.comment],
        ['Change', of.change ?? 'none named'],
        [
          'Proposed',
          proposed !== null && <Cited key="proposed" of={proposed} by={proposed.by} nobody="the bundle folder" />,
        ],
        [
          'Impact',
          impact === null ? (
            'counted when it is put in force'
          ) : (
            <span key="impact">
              {impactWords(impact)}
              <span className="sp-muted">, entry {impact.index}</span>
            </span>
          ),
        ],
        [
          'Dry run',
          test === null ? (
            'none'
          ) : (
            <span key="test">
              {testWords(test)}; <Cited of={test} by={test.by} nobody="nobody" />
            </span>
          ),
        ],
        ['Tested', trial === null ? 'nowhere outside production' : <Trial key="trial" of={trial} />],
        [
          'Safety',
          safety.touches === 0 ? (
            'nothing of the safety path is touched'
          ) : safety.reviews.length > 0 ? (
            <SafetyReviews key="safety" of={safety.reviews} />
          ) : (
            `${safety.touches} ${safety.touches === 1 ? 'declaration' : 'declarations'} of the safety path touched, no review`
          ),
        ],
        [
          'Approval',
          approval === null ? 'none' : <Cited key="approval" of={approval} by={approval.by} nobody="nobody" />,
        ],
        ['Way back', rollback.plan ?? 'none planned'],
        [
          'Rolled back',
          rollback.done !== null && <Cited key="done" of={rollback.done} by={rollback.done.by} nobody="nobody" />,
        ],
      ]}
    />
  )
}

function Read({ of }: { of: DossierView }) {
  return (
    <Stack gap="md">
      <p className="sp-notice" data-tone={of.missing.length === 0 ? 'good' : 'warn'}>
        {of.missing.length === 0 ? 'No record is missing.' : `Missing: ${of.missing.join('; ')}.`}
      </p>
      <Records of={of} />
      <section className="sp-paragraph">
        <Title order={3}>Evidence</Title>
        <ul className="sp-list">
          {of.entries.map(({ index, at, type }) => (
            <li key={index}>
              entry {index}: <code>{type}</code>, <When at={at} />
            </li>
          ))}
        </ul>
      </section>
    </Stack>
  )
}

function DossierDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const dossier = useQuery(dossierQuery(id))
  return (
    <Modal opened onClose={onClose} title="Release dossier" size="lg" fullScreen={phone}>
      <Loaded from={dossier} rows={4}>
        {(of) => <Read of={of} />}
      </Loaded>
    </Modal>
  )
}

/** @param about what the dossier is of, read aloud. */
export function DossierButton({ id, about }: { id: string; about: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" aria-label={`Release dossier of ${about}`} onClick={() => setOpen(true)}>
        Dossier
      </Button>
      {open && <DossierDialog id={id} onClose={() => setOpen(false)} />}
    </>
  )
}
