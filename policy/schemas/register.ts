// Schema of register.yaml: controls in use, risks with what they are measured by, exceptions.

import { exceptionShape, mostRenewals } from '../bundle/exceptions.ts'
import { incidentRulesShape, mostContainMinutes, mostReportHours, reportingDutyShape } from '../bundle/incidents.ts'
import { drillName, drillShape, longestDrillDays } from '../bundle/drills.ts'
import { registerRowShape, registerShape } from '../bundle/register.ts'
import {
  acceptanceShape,
  committeeLevels,
  committeeShape,
  currencyForm,
  impactShape,
  majorChangeShape,
  mostCost,
  mostHours,
  mostTouched,
  riskShape,
  scaleLevels,
  scaleLevelShape,
  scaleShape,
} from '../bundle/risks.ts'
import { drillSteps, impactLevels, safetySeverities, silLevels } from '../model.ts'
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
  drills: list(
    'What the gateway is put to the test with while it serves.',
    map('A drill.', drillShape, {
      name: form('Name of the drill.', drillName.source),
      asset: id('An asset that is there for drills alone.'),
      everyDays: integer('How often, in days.', 1, longestDrillDays),
      owner: text('Who answers for it: a role title.'),
      steps: list('What is tried; left out, everything.', choice('A step.', drillSteps), { atLeast: 1 }),
    }),
  ),
  committee: map('Who decides on what is grave.', committeeShape, {
    above: choice('Accepting a risk above this level needs the reference of a decision.', committeeLevels),
    incidents: choice('Closing an incident above this severity needs one too.', committeeLevels),
    changes: map('A change of the bundle that reaches one of these needs one to be activated.', majorChangeShape, {
      safetyTouches: integer('Declarations on the safety path.', 1, mostTouched),
      assetsMoved: integer('Assets that move in or out of scope.', 1, mostTouched),
    }),
  }),
  incidents: map('What an incident owes.', incidentRulesShape, {
    containMinutes: integer('How long one may go on uncontained.', 1, mostContainMinutes),
    correctiveFrom: choice('From this severity on, closing one opens a nonconformity.', impactLevels),
    reports: list(
      'Who outside has to be told.',
      map('A report, with its clock from when the incident was opened.', reportingDutyShape, {
        id: text('Id of the report.', 60),
        title: text('What is owed, and to whom.'),
        basis: text('Where it is written: a law, a contract.', 200),
        hours: integer('From when the incident was opened.', 1, mostReportHours),
        from: choice('Incidents of this severity and graver ones; left out, every one.', impactLevels),
        plants: ids('Where it is owed; left out, everywhere.', 'a plant'),
      }),
    ),
  }),
})
