// What each step on an incident asks for, in words: the title of its dialog, its sentence, and the fields beside it.

import type { IncidentView } from '../../../gateway/contract/views.ts'
import { severities, severityWords } from './incident-words.ts'

export type StepName =
  | {
      readonly kind:
        | 'note'
        | 'contain'
        | 'assess-safety'
        | 'assess-production'
        | 'hold'
        | 'assign'
        | 'close'
        | 'works'
        | 'ask'
        | 'rate'
        | 'touch'
        | 'link'
    }
  | { readonly kind: 'reported'; readonly report: string; readonly title: string }
  | { readonly kind: 'receive' | 'end'; readonly request: string; readonly party: string }
  | { readonly kind: 'move'; readonly exhibit: string; readonly name: string }

/** A field beside the sentence. */
export interface AskedField {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly initial?: string
  /** What there is to choose from, where it is no free text. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  readonly isOptional?: boolean
}

export interface Asked {
  readonly title: string
  readonly label: string
  readonly hint: string
  readonly confirm: string
  readonly fields: readonly AskedField[]
  /** Files that came are read for their digest. */
  readonly files?: boolean
}

const kept = 'Kept as evidence.'
const withCommas = 'Their ids, with commas.'

/** The sentence alone. */
const sentence = (title: string, label: string, confirm: string, hint = kept): Asked => ({
  title,
  label,
  hint,
  confirm,
  fields: [],
})

export function askedFor(step: StepName, { needsDecision, needsAction, severity }: IncidentView): Asked {
  switch (step.kind) {
    case 'note':
      return sentence('Note what was found', 'Note', 'Note')
    case 'contain':
      return sentence('It does not go on any more', 'How it was stopped', 'Contained')
    case 'assess-safety':
      return sentence('What it meant for people', 'Safety', 'Assess')
    case 'assess-production':
      return sentence('What it meant for production', 'Production', 'Assess')
    case 'hold':
      return sentence(
        'Put all it touches on legal hold',
        'Reason',
        'Hold',
        'Nothing of it is deleted or erased until another person releases it.',
      )
    case 'works':
      return sentence('The corrective action works', 'What it changed', 'It works')
    case 'reported':
      return sentence(step.title, 'Reference it was received under', 'Reported')
    case 'assign':
      return {
        ...sentence('Who sees it through', 'What they are to know', 'Assign', 'Noted in the timeline.'),
        fields: [{ name: 'to', label: 'Login' }],
      }
    case 'rate':
      return {
        ...sentence('Say how grave it is', 'Why', 'Rate'),
        fields: [
          {
            name: 'severity',
            label: 'How grave it is',
            hint: 'What a graver rating asked for stays owed.',
            choices: severities
              .filter((each) => each !== severity)
              .map((value) => ({ value, label: severityWords[value].word })),
          },
        ],
      }
    case 'touch':
      return {
        ...sentence('Say what else it touches', 'How it was found', 'Add', 'Noted in the timeline.'),
        fields: [
          { name: 'assets', label: 'Assets', hint: withCommas, isOptional: true },
          { name: 'sessions', label: 'Sessions', hint: withCommas, isOptional: true },
          { name: 'suppliers', label: 'Suppliers', hint: withCommas, isOptional: true },
          { name: 'plants', label: 'Plants', hint: withCommas, isOptional: true },
        ],
      }
    case 'link':
      return {
        ...sentence('Link a suspension', 'What it has to do with it', 'Link', 'Noted in the timeline.'),
        fields: [{ name: 'suspension', label: 'Suspension', hint: 'Its id, as page Access shows it.' }],
      }
    case 'ask':
      return {
        ...sentence('Ask somebody outside for evidence', 'Why, and on what ground', 'Ask'),
        fields: [
          { name: 'party', label: 'Who is asked' },
          { name: 'what', label: 'What is asked for' },
          { name: 'days', label: 'Days they have' },
        ],
      }
    case 'receive':
      return {
        ...sentence(
          `Received from ${step.party}`,
          'Where it is kept',
          'Received',
          'The files are read here for their digest, and sent nowhere.',
        ),
        fields: [{ name: 'holder', label: 'Who has it now' }],
        files: true,
      }
    case 'end':
      return {
        ...sentence(`Nothing more comes from ${step.party}`, 'Why', 'End', 'Of a refusal the reason they gave.'),
        fields: [
          {
            name: 'outcome',
            label: 'How it ended',
            choices: [
              { value: 'complete', label: 'Everything came' },
              { value: 'refused', label: 'They refused' },
              { value: 'withdrawn', label: 'It is taken back' },
            ],
          },
        ],
      }
    case 'move':
      return {
        ...sentence(`${step.name} changes hands`, 'What for', 'Keep this step'),
        fields: [
          {
            name: 'kind',
            label: 'What is done',
            choices: [
              { value: 'handed-over', label: 'Handed over' },
              { value: 'copied', label: 'Copied' },
              { value: 'returned', label: 'Given back' },
              { value: 'destroyed', label: 'Destroyed' },
            ],
          },
          { name: 'to', label: 'Who gets it, or the copy; who destroyed it' },
          { name: 'place', label: 'Where it is then' },
        ],
      }
    case 'close':
      return {
        ...sentence(
          'Close the incident',
          'What was learned, and what changes',
          'Close incident',
          'Another person closes it than who opened it and who saw it through.',
        ),
        fields: [
          { name: 'cause', label: 'Root cause' },
          ...(needsDecision ? [{ name: 'decision', label: "Reference of the committee's decision" }] : []),
          ...(needsAction
            ? [
                { name: 'action', label: 'Corrective action' },
                { name: 'owner', label: 'Who does it (login)' },
                { name: 'days', label: 'Days until it is done' },
              ]
            : []),
        ],
      }
  }
}
