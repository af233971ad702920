// Schema of register.yaml: controls in use, risks with what they are measured by, exceptions.

import { exceptionShape, mostRenewals } from '../bundle/exceptions.ts'
import { registerRowShape, registerShape } from '../bundle/register.ts'
import {
  acceptanceShape,
  committeeLevels,
  committeeShape,
  currencyForm,
  impactShape,
  mostCost,
  mostHours,
  riskShape,
  scaleLevels,
  scaleLevelShape,
  scaleShape,
} from '../bundle/risks.ts'
import { safetySeverities, silLevels } from '../model.ts'
import { choice, day, form, id, ids, integer, list, map, text, words } from './schema.ts'
import type { Schema } from './schema.ts'

const decision = text("Reference of the committee's decision, where the register asks for one.", 120)

const risk = map('A risk.', riskShape, {
  id: text('Id of the risk.', 60),
  title: text('The risk in words.'),
  owner: text('Who bears it: a role title.'),
  safety: choice('The worst that could happen to people; none by default.', safetySeverities),
  sil: choice('The safety integrity level of the safety system it bears on.', silLevels),
  plant: id('The plant it is of.'),
  line: text('The line it is of.', 60),
  assets: ids('What it touches; left out, all of its line or plant, or everything.', 'an asset'),
  impact: map("What it would cost production; measured on the plant's scale.", impactShape, {
    hours: integer('Hours of standstill.', 0, mostHours),
    cost: integer('In the currency of the scale.', 0, mostCost),
  }),
  acceptance: map('That it is borne as it is, for a time.', acceptanceShape, {
    by: text('Who accepted it: a role title.'),
    reason: text('Why.', 1000),
    until: day('Last day, UTC'),
    decision,
  }),
})

export const registerSchema: Schema = map('Controls in use, risks and exceptions.', registerShape, {
  controls: list(
    'Controls in use.',
    map('A control of the catalogue.', registerRowShape, {
      control: text('Its id in the catalogue.', 60),
      owner: text('Who answers for it: a role title.'),
      risks: words('The risks it treats.'),
    }),
  ),
  risks: list('The risks.', risk),
  exceptions: list(
    'What a rule would forbid, borne for a time.',
    map('An exception.', exceptionShape, {
      id: text('Id, as policies name it.', 60),
      title: text('The exception in words.'),
      owner: text('Who answers for it: a role title.'),
      approvedBy: text('Who approved it: a role title.'),
      reason: text('Why it is borne.', 1000),
      risk: text('The risk it is, of this file.', 60),
      compensating: words('Controls of this file that stand in.', 1),
      from: day('First day, UTC'),
      until: day('Last day, UTC'),
      renewals: integer('How often it has been renewed.', 0, mostRenewals),
      assets: ids('What it covers; left out, every asset.', 'an asset'),
      decision,
    }),
  ),
  impactScales: list(
    'What counts as how grave, by plant and, where one differs, by line.',
    map('A scale.', scaleShape, {
      plant: id('The plant.'),
      version: text('So that a level can be traced to the scale it was measured on.', 60),
      currency: form('The currency of its costs (ISO 4217, as EUR)', currencyForm.source),
      levels: list(
        'Rising; what reaches none of them is low.',
        map('A level, reached by the hours or the cost.', scaleLevelShape, {
          level: choice('The level.', scaleLevels),
          fromHours: integer('Hours of standstill.', 0, mostHours),
          fromCost: integer('In the currency of the scale.', 0, mostCost),
        }),
        { atLeast: 1 },
      ),
      line: text('The line; left out, every line without a scale of its own.', 60),
    }),
  ),
  committee: map('Who decides on what is grave.', committeeShape, {
    above: choice('Accepting a risk above this level needs the reference of a decision.', committeeLevels),
  }),
})
