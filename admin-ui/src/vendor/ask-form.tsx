// The fields of the request for access. It draws a draft and its problems and reports every change; it decides nothing.

import { Button, Group, MultiSelect, NativeSelect, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { AssetView, MachineView } from '../../../gateway/contract/views.ts'
import { ApiProblem } from '../api/problem.ts'
import { Failure } from '../display/loaded.tsx'
import { Refusal } from '../display/reasons.tsx'
import { operationMeanings } from '../display/words.ts'
import { askedProtocols, protocolFor, type AskDraft, type AskProblems, type TierRules } from './ask.ts'
import { Change, Files, Rollback } from './ask-change.tsx'
import { Standard, type StandardChange } from './ask-standard.tsx'
import { Transfer } from './ask-transfer.tsx'
import { When } from './ask-when.tsx'

interface AskFormProps {
  readonly assets: readonly AssetView[]
  readonly asset: AssetView | null
  readonly draft: AskDraft
  readonly problems: AskProblems
  /** Machine accounts the person answers for. */
  readonly machines: readonly MachineView[]
  /** What the chosen kind of change demands; null while it is not known. */
  readonly rules: TierRules | null
  /** Changes approved beforehand, where the chosen kind is only for those; else null. */
  readonly standard: readonly StandardChange[] | null
  readonly failure: unknown
  readonly pending: boolean
  readonly onChange: (part: Partial<AskDraft>) => void
  readonly onSubmit: () => void
}

/** The assets for a native list, by plant. */
function choices(assets: readonly AssetView[]) {
  const plants = [...new Set(assets.map((asset) => asset.plantName))]
  return [
    { value: '', label: 'Choose an asset' },
    ...plants.map((plant) => ({
      group: plant,
      items: assets
        .filter((asset) => asset.plantName === plant && asset.protocols.length > 0)
        .map((asset) => ({ value: asset.id, label: `${asset.name} · ${asset.zoneName}` })),
    })),
  ]
}

function Operation({ draft, problems, onChange }: Pick<AskFormProps, 'draft' | 'problems' | 'onChange'>) {
  return (
    <Radio.Group
      label="What you will do"
      value={draft.operationClass}
      error={problems.operationClass}
      onChange={(operationClass) => onChange({ operationClass })}
    >
      <Stack gap={6} mt={6}>
        {(['observe', 'operate', 'engineer'] as const).map((each) => (
          <Radio
            key={each}
            value={each}
            label={each.charAt(0).toUpperCase() + each.slice(1)}
            description={operationMeanings[each]}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}

const protocolMeanings = {
  ssh: 'A terminal, commands and files, as its owner has opened it',
  telnet: 'A terminal; between the gateway and the asset everything is clear text, which an exception bears',
  tcp: 'A tunnel to its declared ports, for an engineering tool of your own; nobody can tell looking from doing in it',
} as const

/** By what: asked only where the asset has several. */
function Protocols({ asset, draft, onChange }: Pick<AskFormProps, 'asset' | 'draft' | 'onChange'>) {
  const offered = askedProtocols.filter((each) => asset?.protocols.includes(each))
  if (asset === null || offered.length < 2) return null
  return (
    <Radio.Group
      label="How you reach it"
      value={protocolFor(draft, asset)}
      onChange={(value) => onChange({ protocol: askedProtocols.find((each) => each === value) ?? 'ssh' })}
    >
      <Stack gap={6} mt={6}>
        {offered.map((each) => (
          <Radio key={each} value={each} label={each.toUpperCase()} description={protocolMeanings[each]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** More assets of the same plant, for work that touches several; each becomes a request of its own. */
function Others({ assets, asset, draft, onChange }: Pick<AskFormProps, 'assets' | 'asset' | 'draft' | 'onChange'>) {
  const same = assets.filter((each) => each.plant === asset?.plant && each.id !== asset.id && each.protocols.length > 0)
  if (asset === null || same.length === 0) return null
  return (
    <MultiSelect
      label="Further assets"
      description="Of the same plant; each is decided by itself"
      searchable
      clearable
      hidePickedOptions
      comboboxProps={{ shadow: 'md' }}
      nothingFoundMessage="No such asset"
      maxValues={19}
      data={same.map(({ id, name, zoneName }) => ({ value: id, label: `${name} · ${zoneName}` }))}
      value={[...draft.others]}
      onChange={(others) => onChange({ others })}
    />
  )
}

/** Who would use it: asked only of who answers for a machine account. */
function User({ machines, draft, onChange }: Pick<AskFormProps, 'machines' | 'draft' | 'onChange'>) {
  if (machines.length === 0) return null
  const chosen = machines.find(({ machine }) => machine.login === draft.user)
  return (
    <NativeSelect
      label="Who will use it"
      description={
        chosen === undefined
          ? 'You, or a machine account you answer for'
          : `It gets no terminal, and runs only: ${chosen.commands.join('; ') || 'nothing yet'}`
      }
      data={[
        { value: '', label: 'Myself' },
        ...machines.map(({ machine }) => ({ value: machine.login, label: machine.displayName })),
      ]}
      value={draft.user}
      onChange={(event) => onChange({ user: event.currentTarget.value })}
    />
  )
}

/** Which of several assets policy refuses, and the rest to ask for instead. */
function RefusedAssets({
  assets,
  failure,
  onOffer,
}: {
  assets: readonly AssetView[]
  failure: ApiProblem
  onOffer: (assets: readonly string[]) => void
}) {
  const nameOf = (id: string): string => assets.find((asset) => asset.id === id)?.name ?? id
  return (
    <Stack gap="sm">
      {failure.refused.map(({ asset, decision }) => (
        <Refusal key={asset} title={`Policy refuses ${nameOf(asset)}`} decision={decision} />
      ))}
      {failure.offered.length > 0 && (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">Policy permits the rest: {failure.offered.map(nameOf).join('; ')}.</Text>
          <Button size="xs" variant="default" className="sp-fixed" onClick={() => onOffer(failure.offered)}>
            Keep only these
          </Button>
        </Group>
      )}
    </Stack>
  )
}

export function AskForm(props: AskFormProps) {
  const { assets, draft, problems, failure, pending, onChange, onSubmit } = props
  const decision = failure instanceof ApiProblem ? failure.decision : null
  const several = failure instanceof ApiProblem && failure.refused.length > 0 ? failure : null
  return (
    <form
      noValidate
      className="sp-card"
      aria-label="Ask for access"
      onSubmit={(event) => {
        event.preventDefault()
        if (!pending) onSubmit()
      }}
    >
      <Stack gap="lg">
        <NativeSelect
          label="Asset"
          data={choices(assets)}
          value={draft.asset}
          error={problems.asset}
          onChange={(event) =>
            onChange({ asset: event.currentTarget.value, others: [], transfer: 'none', paths: '', deletes: false })
          }
        />
        <Others {...props} />
        <User {...props} />
        <Protocols {...props} />
        <Operation {...props} />
        <When {...props} />
        <Change {...props} />
        {props.standard !== null && <Standard draft={draft} changes={props.standard} />}
        <Textarea
          label="Purpose"
          description="What will be done, in words an approver can judge"
          autosize
          minRows={3}
          maxRows={8}
          maxLength={500}
          value={draft.purpose}
          error={problems.purpose}
          onChange={(event) => onChange({ purpose: event.currentTarget.value })}
        />
        <TextInput
          label="Ticket"
          description="Change or ticket reference, if there is one"
          maxLength={120}
          autoComplete="off"
          value={draft.ticket}
          onChange={(event) => onChange({ ticket: event.currentTarget.value })}
        />
        <Rollback {...props} />
        <Transfer {...props} />
        <Files files={draft.files} onChange={(files) => onChange({ files })} />
        {several !== null ? (
          <RefusedAssets
            assets={assets}
            failure={several}
            onOffer={([first, ...others]) => first !== undefined && onChange({ asset: first, others })}
          />
        ) : decision !== null ? (
          <Refusal title="Policy refuses this request" decision={decision} />
        ) : (
          failure !== null && <Failure problem={failure} />
        )}
        {Object.keys(problems).length > 0 && (
          <Text role="alert" size="sm" c="var(--mantine-color-error)">
            Some fields need another look.
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={pending} leftSection={<IconKey size={16} aria-hidden />}>
            Ask for access
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
