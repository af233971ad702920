// What a proposal changes on the safety path, what safety engineers said of it, and where they say it.

import { Button, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { ProposalView } from '../../../gateway/contract/bundle-views.ts'
import type { SafetyReviewView, SafetyView } from '../../../gateway/contract/release-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { Badge } from '../display/badge.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine } from '../display/text-fields.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

type Verdict = SafetyReviewView['verdict']

const words: Readonly<Record<Verdict, Word>> = {
  approved: { word: 'Yes', tone: 'good', mark: 'check' },
  rejected: { word: 'No', tone: 'bad', mark: 'cross' },
}
const isVoid: Word = { word: 'Void', tone: 'plain', mark: 'minus' }

function ReviewDialog({
  id,
  base,
  verdict,
  onClose,
}: {
  id: string
  base: string
  verdict: Verdict
  onClose: () => void
}) {
  const [reference, setReference] = useState('')
  const given = reference.trim()
  const review = useChange({
    run: (comment: string) =>
      client.call('reviewSafety', {
        params: { id },
        body: { base, verdict, comment, ...(given === '' ? {} : { reference: given }) },
      }),
    touches: ['proposals', 'register'],
    says: 'The safety review is kept.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={verdict === 'approved' ? 'Say yes to what it changes?' : 'Say no to what it changes?'}
      label="What you looked at, and your judgement"
      hint="Kept as evidence."
      confirm={verdict === 'approved' ? 'Say yes' : 'Say no'}
      danger={verdict === 'rejected'}
      pending={review.isPending}
      problem={review.error}
      disabled={verdict === 'approved' && given === ''}
      choice={
        <TextLine
          label="Validation record"
          description="The test report or measurement that shows the change was validated"
          required={verdict === 'approved'}
          data-autofocus
          maxLength={500}
          value={reference}
          onChange={setReference}
        />
      }
      onConfirm={(comment) => review.mutate(comment)}
      onClose={onClose}
    />
  )
}

export function SafetyReviews({ of }: { of: readonly SafetyReviewView[] }) {
  return (
    <ul className="sp-reviews">
      {of.map((review) => (
        <li key={`${review.by.id} ${review.at} ${review.comment}`}>
          <Badge of={review.void ? isVoid : words[review.verdict]} />
          <Text size="sm" component="span">
            {review.by.displayName}, <When at={review.at} />
            {review.reference !== null && (
              <>
                , against <b>{review.reference}</b>
              </>
            )}
            : {review.comment}
            {review.void && ' This was about another base.'}
          </Text>
        </li>
      ))}
    </ul>
  )
}

export function SafetyReview({ view, safety }: { view: ProposalView; safety: SafetyView }) {
  const [open, setOpen] = useState<Verdict | null>(null)
  if (safety.touches === 0) return null
  const { proposal, comparison } = view
  const base = comparison?.from.digest ?? proposal.base
  return (
    <section className="sp-paragraph" aria-label={`Safety review of ${proposal.comment}`}>
      <Title order={3}>Safety path</Title>
      <p className="sp-notice" data-tone={safety.missing === null ? 'good' : 'warn'} role="status">
        {safety.missing === null ? 'A safety engineer has reviewed it.' : toSentence(safety.missing)}
      </p>
      <ul className="sp-list">
        {safety.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {safety.touches > safety.lines.length && <li>and {safety.touches - safety.lines.length} more</li>}
      </ul>
      {safety.reviews.length > 0 && <SafetyReviews of={safety.reviews} />}
      {safety.mayReview && !proposal.outdated && (
        <Group justify="flex-end" gap="sm" mt="sm">
          <Button variant="default" onClick={() => setOpen('rejected')}>
            Say no
          </Button>
          <Button onClick={() => setOpen('approved')}>Say yes</Button>
        </Group>
      )}
      {open !== null && <ReviewDialog id={proposal.id} base={base} verdict={open} onClose={() => setOpen(null)} />}
    </section>
  )
}
