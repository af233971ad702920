// Targets: which host key each may show. Where the bundle pins none, an administrator has the gateway look at it, and
// another person compares and accepts it.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HostKeyView, TargetView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { targetsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

type Step =
  | { readonly kind: 'propose'; readonly target: TargetView }
  | { readonly kind: 'accept' | 'reject'; readonly target: TargetView; readonly key: HostKeyView }

const stateWords: Readonly<Record<HostKeyView['state'], Word>> = {
  seen: { word: 'Seen in a session', tone: 'warn', mark: 'alert' },
  proposed: { word: 'Proposed', tone: 'info', mark: 'clock' },
  accepted: { word: 'Accepted', tone: 'good', mark: 'check' },
  rejected: { word: 'Rejected', tone: 'bad', mark: 'cross' },
  replaced: { word: 'Replaced', tone: 'plain', mark: 'minus' },
}

const words = {
  propose: {
    title: (asset: string) => `Look at the host key of ${asset}`,
    hint: 'Why, such as the number of the change. It is evidence.',
    confirm: 'Look, and propose it',
    says: 'Another person has to compare it, and accept it.',
    danger: false,
  },
  accept: {
    title: (asset: string) => `Accept the host key of ${asset}`,
    hint: 'How you compared it with what the device itself shows. It is evidence.',
    confirm: 'Accept',
    says: 'The target may show this key, and no other.',
    danger: false,
  },
  reject: {
    title: (asset: string) => `Reject a host key of ${asset}`,
    hint: 'Why. It is evidence.',
    confirm: 'Reject',
    says: 'The key is rejected.',
    danger: true,
  },
} as const

function StepDialog({ step, onClose }: { step: Step; onClose: () => void }) {
  const { asset, address } = step.target
  const { title, hint, confirm, says, danger } = words[step.kind]
  const change = useChange({
    run: (comment: string) => {
      const params = { id: asset }
      if (step.kind === 'propose') return client.call('proposeHostKey', { params, body: { comment } })
      const body = { fingerprint: step.key.fingerprint, comment }
      return client.call(step.kind === 'accept' ? 'acceptHostKey' : 'rejectHostKey', { params, body })
    },
    touches: ['targets', 'evidence'],
    says,
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={title(asset)}
      label="Comment"
      hint={hint}
      confirm={confirm}
      danger={danger}
      pending={change.isPending}
      problem={change.error}
      onConfirm={(comment) => change.mutate(comment)}
      onClose={onClose}
    >
      {step.kind === 'propose' ? (
        `The gateway connects to ${address} and looks. It logs in nowhere.`
      ) : (
        <code style={{ overflowWrap: 'anywhere' }}>{step.key.fingerprint}</code>
      )}
    </ReasonDialog>
  )
}

function KeyRow({ target, of: key, onStep }: { target: TargetView; of: HostKeyView; onStep: (step: Step) => void }) {
  const { fingerprint, kind, state, seenAt, proposed, decided, mayAccept } = key
  const mayReject = target.mayDecide && (state === 'seen' || state === 'proposed' || state === 'accepted')
  return (
    <Table.Tr>
      <Table.Td data-name="Host key">
        <code style={{ overflowWrap: 'anywhere' }}>{fingerprint}</code>
        <Text size="xs" c="dimmed">
          {kind}
        </Text>
      </Table.Td>
      <Table.Td data-name="State">
        <Badge of={stateWords[state]} />
      </Table.Td>
      <Table.Td data-name="Seen">
        <When at={seenAt} />
      </Table.Td>
      <Table.Td data-name="By">
        {[proposed, decided].flatMap((deed) => (deed === null ? [] : [deed.by.displayName])).join(', ') || 'nobody'}
      </Table.Td>
      <Table.Td data-name="Decide">
        <Group gap="xs">
          {mayAccept && (
            <Button size="xs" onClick={() => onStep({ kind: 'accept', target, key })}>
              Accept
            </Button>
          )}
          {mayReject && (
            <Button size="xs" variant="default" onClick={() => onStep({ kind: 'reject', target, key })}>
              Reject
            </Button>
          )}
          {!mayAccept && !mayReject && '–'}
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function Target({ target, onStep }: { target: TargetView; onStep: (step: Step) => void }) {
  const { asset, name, plantName, address, account, known, pinned, keys, legacy, mayPropose } = target
  return (
    <Panel
      title={name}
      aside={
        mayPropose && (
          <Button
            size="xs"
            aria-label={`Look at the host key of ${asset}`}
            onClick={() => onStep({ kind: 'propose', target })}
          >
            Look at its key
          </Button>
        )
      }
    >
      <Stack gap="sm">
        <Text size="sm">
          <code>{asset}</code>, {plantName}: {account} at {address}
        </Text>
        {pinned ? (
          <Text size="sm">
            Pinned in the bundle: <code style={{ overflowWrap: 'anywhere' }}>{known.join(', ')}</code>
          </Text>
        ) : (
          known.length === 0 && (
            <Text size="sm" fw={600}>
              No host key is accepted: nobody reaches it.
            </Text>
          )
        )}
        {legacy !== null && (
          <Text size="sm">
            Old algorithms, borne by {legacy.exception}
            {legacy.inForce ? '' : ', which is not in force: nobody reaches it'}: {legacy.algorithms.join(', ')}
          </Text>
        )}
        {keys.length > 0 && (
          <Rows columns={['Host key', 'State', 'Seen', 'By', 'Decide']}>
            {keys.map((key) => (
              <KeyRow key={key.fingerprint} target={target} of={key} onStep={onStep} />
            ))}
          </Rows>
        )}
      </Stack>
    </Panel>
  )
}

/** Those with something to do come first. */
const urgency = ({ keys, known, pinned }: TargetView): number => {
  if (keys.some(({ mayAccept }) => mayAccept)) return 0
  if (keys.some(({ state }) => state === 'seen' || state === 'proposed')) return 1
  return known.length === 0 ? 2 : pinned ? 4 : 3
}

export function TargetsPage() {
  const targets = useQuery(targetsQuery)
  const [step, setStep] = useState<Step | null>(null)
  return (
    <Page
      title="Targets"
      lead="Which host key each target may show. Where the bundle pins none, one person has the gateway look at it, and another compares and accepts it."
    >
      <Loaded from={targets}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty icon={<IconKey size={32} />} title="No target">
              No asset of your plants is reached by SSH.
            </Empty>
          ) : (
            <Stack gap="lg">
              {items
                .toSorted((a, b) => urgency(a) - urgency(b))
                .map((target) => (
                  <Target key={target.asset} target={target} onStep={setStep} />
                ))}
              {next !== null && (
                <Text size="sm" c="dimmed">
                  There are more: <code>sallyport target list</code> shows them all.
                </Text>
              )}
            </Stack>
          )
        }
      </Loaded>
      {step !== null && <StepDialog step={step} onClose={() => setStep(null)} />}
    </Page>
  )
}
