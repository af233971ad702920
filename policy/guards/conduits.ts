// Invariants about the crossing into the asset's zone.

import { quote } from '../ids.ts'
import { wordsFor } from '../information.ts'
import type { InformationAsset } from '../model.ts'
import type { GuardRule } from '../rules.ts'
import { finding, type Guard } from './guard.ts'

const controls = ['GW-NET-04']
/** What may go one way only. */
const oneWay = ['GW-NET-02']

export const conduitGuards = {
  'conduit-absent': {
    controls,
    check: ({ conduit }) => {
      if (conduit.kind !== 'absent') return null
      return conduit.from === null
        ? finding(
            `the plant of zone ${quote(conduit.to)} has no gateway zone`,
            'conduit',
            'the zones have to say where the gateway stands',
          )
        : finding(
            `no conduit is declared from zone ${quote(conduit.from)} to zone ${quote(conduit.to)}`,
            'conduit',
            'one has to be declared, with an owner and a reason',
          )
    },
  },
  'conduit-direction': {
    controls: oneWay,
    check: ({ conduit }) =>
      conduit.kind === 'wrong-direction'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} is opened only from zone ${quote(conduit.conduit.from)} towards zone ${quote(conduit.conduit.to)}`,
            'conduit',
            'one has to be declared in the other direction',
          )
        : null,
  },
  'conduit-protocol': {
    controls,
    check: ({ conduit, protocol }) =>
      conduit.kind === 'protocol-not-listed'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} does not list ${quote(protocol)}: it lists ${conduit.conduit.protocols.join(', ')}`,
            'conduit',
            `its owner, ${conduit.conduit.owner ?? 'once it has one'}, has to allow it`,
          )
        : null,
  },
  'conduit-downward': {
    controls: oneWay,
    check: ({ conduit }) =>
      conduit.kind === 'boundary-downward'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} goes down to level 1 or below, where nothing is carried downward whoever approves`,
            'conduit',
            'work on site, or on a system above that level',
          )
        : null,
  },
  'conduit-spans': {
    controls: ['GW-NET-01'],
    check: ({ conduit }) =>
      conduit.kind === 'boundaries-spanned'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} crosses ${conduit.boundaries.join(' and ')} without a hop between them`,
            'conduit',
            `its owner, ${conduit.conduit.owner ?? 'once it has one'}, has to lead it by way of a zone in between, or to have the reason declared`,
          )
        : null,
  },
  'conduit-ownerless': {
    controls,
    check: ({ conduit }) =>
      conduit.kind === 'ownerless'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} has no owner and is closed`,
            'conduit',
            'somebody has to answer for it',
          )
        : null,
  },
  'conduit-overdue': {
    controls,
    check: ({ conduit }) =>
      conduit.kind === 'review-overdue'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} was to be reviewed by ${conduit.conduit.reviewBy} and is closed`,
            'conduit',
            `its owner, ${conduit.conduit.owner}, has to review it`,
          )
        : null,
  },
  'conduit-class': {
    controls,
    check: ({ conduit, use }) =>
      conduit.kind === 'class-exceeded'
        ? finding(
            `conduit ${quote(conduit.conduit.id)} carries ${quote(conduit.conduit.operationClass)} at most, got ${quote(use?.operationClass)}`,
            'operation-class',
            `ask for ${quote(conduit.conduit.operationClass)}`,
          )
        : null,
  },
  'conduit-payload': {
    controls: ['GW-INV-02', 'GW-CLS-01'],
    check: ({ conduit, asset, actor, controlledLabels }) => {
      if (conduit.kind !== 'payload-not-named') return null
      const { id, owner, payloads } = conduit.conduit
      // What a customer's drawings are called is not for people of suppliers.
      const say = ({ name, class: kind }: InformationAsset) =>
        actor.supplier === null ? `${name} (${kind})` : quote(kind)
      const held = [...new Set(conduit.information.map(say))].join(', ')
      const named = payloads === null ? 'names no payloads' : `names ${payloads.join(', ') || 'none'} only`
      const words = wordsFor(conduit.information, { controlledLabels }).map(quote).join(', ')
      return finding(
        `asset ${quote(asset.id)} holds ${held}, and conduit ${quote(id)} ${named}`,
        'conduit',
        `its owner, ${owner}, has to name ${words} among its payloads`,
      )
    },
  },
} as const satisfies Partial<Record<GuardRule, Guard>>
