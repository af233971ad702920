// The steps on an incident that take a sentence, each by a dialog. What it asks is steps-asked.ts's, what it sends
// steps-taken.ts's.

import { FileInput, NativeSelect, Stack } from '@mantine/core'
import { useState } from 'react'
import type { IncidentView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { mostBytes } from './file-digests.ts'
import { askedFor, type Asked, type AskedField, type StepName } from './steps-asked.ts'
import { takeStep } from './steps-taken.ts'

function Field({
  field,
  isFirst,
  value,
  onChange,
}: {
  field: AskedField
  isFirst: boolean
  value: string
  onChange: (value: string) => void
}) {
  const { label, hint, choices, isOptional } = field
  const shared = {
    label,
    required: isOptional !== true,
    'data-autofocus': isFirst || undefined,
    value,
    ...(hint === undefined ? {} : { description: hint }),
  }
  if (choices === undefined) return <TextLine {...shared} onChange={onChange} />
  const data = [{ value: '', label: 'Choose' }, ...choices]
  return <NativeSelect {...shared} data={data} onChange={(event) => onChange(event.currentTarget.value)} />
}

/** Is something lacking that the step cannot be taken without? */
function isLacking({ fields, files }: Asked, of: (name: string) => string, chosen: readonly File[]): boolean {
  const lacks = ({ name, isOptional }: AskedField): boolean =>
    name === 'days' ? !/^[1-9][0-9]{0,3}$/.test(of(name)) : isOptional !== true && of(name) === ''
  const optional = fields.filter(({ isOptional }) => isOptional === true)
  return (
    fields.some(lacks) ||
    // Of what may be left out something has to be said.
    (optional.length > 0 && optional.every(({ name }) => of(name) === '')) ||
    (files === true && (chosen.length === 0 || chosen.length > 100 || chosen.some(({ size }) => size > mostBytes)))
  )
}

export function StepDialog({
  step,
  incident,
  onClose,
}: {
  step: StepName
  incident: IncidentView
  onClose: () => void
}) {
  const asked = askedFor(step, incident)
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [files, setFiles] = useState<readonly File[]>([])
  const of = (name: string): string => (values[name] ?? '').trim()
  const change = useChange({
    run: (text: string) => takeStep(step, incident, text, of, files),
    touches: ['incidents', 'holds', 'register'],
    says: 'Done, and kept as evidence.',
    onDone: onClose,
  })
  const tooLarge = files.find(({ size }) => size > mostBytes)
  return (
    <ReasonDialog
      title={asked.title}
      label={asked.label}
      hint={asked.hint}
      confirm={asked.confirm}
      pending={change.isPending}
      problem={change.error}
      disabled={isLacking(asked, of, files)}
      {...(asked.fields.length === 0
        ? {}
        : {
            choice: (
              <Stack gap="sm">
                {asked.files === true && (
                  <FileInput
                    label="Files that came"
                    required
                    multiple
                    clearable
                    data-autofocus
                    placeholder="Choose files"
                    value={[...files]}
                    onChange={setFiles}
                    error={
                      tooLarge &&
                      `${tooLarge.name} is too large to be read here: use sallyport incident receive-evidence`
                    }
                  />
                )}
                {asked.fields.map((field, at) => (
                  <Field
                    key={field.name}
                    field={field}
                    isFirst={at === 0 && asked.files !== true}
                    value={values[field.name] ?? ''}
                    onChange={(value) => setValues({ ...values, [field.name]: value })}
                  />
                ))}
              </Stack>
            ),
          })}
      onConfirm={(text) => change.mutate(text)}
      onClose={onClose}
    />
  )
}
