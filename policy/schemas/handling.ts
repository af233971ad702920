// Schemas of how things are handled: calendars.yaml and access.yaml.

import { fileTerms } from './crossing.ts'
import {
  accessShape,
  answersShape,
  mostMinutes,
  mostRecurringDays,
  mostReviewHours,
  tierCriterionShape,
  tiersShape,
  tierShape,
} from '../bundle/access.ts'
import {
  calendarsShape,
  holidayShape,
  holidaysShape,
  maintenanceShape,
  onceShape,
  rosterShape,
  shiftShape,
} from '../bundle/calendars.ts'
import { longestObserved } from '../bundle/endpoints.ts'
import { mostRenewals } from '../bundle/exceptions.ts'
import { machineShape } from '../bundle/machines.ts'
import { longestWindowMinutes } from '../bundle/scope.ts'
import { attributeName, handGiven, peopleFeedShape, roleMappingShape, separationShape } from '../bundle/separation.ts'
import { longestRollback, standardChangeShape } from '../bundle/standard-changes.ts'
import { recurrenceShape } from '../bundle/times.ts'
import { mostTrainingDays, trainedShape, trainingShape } from '../bundle/trainings.ts'
import { operationClasses, populations, protocols, roles, unreachableChoices } from '../model.ts'
import { choice, dateTime, day, days, flag, id, ids, integer, list, login, map, text, time, words } from './schema.ts'
import type { Schema } from './schema.ts'

const span = {
  days: days('On these days of the week.'),
  from: time('From'),
  until: time('To before; not after `from`, it lies in the next day'),
}

export const calendarsSchema: Schema = map(
  "When lines stand still and who is on duty, in the plant's own time.",
  calendarsShape,
  {
    maintenance: list(
      'When lines may be worked on.',
      map(
        'A maintenance window.',
        maintenanceShape,
        {
          id: text('Id of the window.', 60),
          plant: id('The plant.'),
          lines: words('Lines, as `line` of the assets has them.', 1),
          weekly: map('Every week.', recurrenceShape, span),
          once: map('Once.', onceShape, { from: dateTime('From'), until: dateTime('Until') }),
          notOnHolidays: flag("Does it fall away on the plant's holidays?"),
        },
        { oneOf: [{ required: ['weekly'] }, { required: ['once'] }] },
      ),
    ),
    holidays: list(
      'Holidays by plant.',
      map('Holidays of a plant.', holidaysShape, {
        plant: id('The plant.'),
        days: list(
          'The days.',
          map('A holiday.', holidayShape, { day: day('The day'), name: text('What it is called.') }),
        ),
      }),
    ),
    rosters: list(
      'Who is on duty for what.',
      map('One duty of a plant; a gap opens nothing.', rosterShape, {
        id: text('Id of the roster.', 60),
        plant: id('The plant.'),
        duty: text('The duty, as policies name it: shift-lead.', 60),
        shifts: list(
          'The shifts of a week.',
          map('A shift.', shiftShape, { ...span, people: list('Who is on it.', login('A login.'), { atLeast: 1 }) }),
          { atLeast: 1 },
        ),
        escalateTo: list('Who is told when a request waits and nobody is on duty.', login('A login.'), { atLeast: 1 }),
      }),
    ),
  },
)

const mappedRoles = roles.filter((role) => !handGiven.has(role))

const tier = (description: string): Schema =>
  map(description, tierShape, {
    criteria: list(
      'What who asks has to affirm.',
      map('A criterion.', tierCriterionShape, { id: text('Its id.', 60), text: text('The criterion in words.') }),
    ),
    maxWindowMinutes: integer("The longest window, beside the plant's own limit.", 1, longestWindowMinutes),
    targetMinutes: integer('Request to access, in minutes: what is aimed at.', 1, mostMinutes),
    alarmMinutes: integer('Request to access, in minutes: when it becomes an alarm.', 1, mostMinutes),
    reviewHours: integer('Review, due so many hours after the grant ends.', 1, mostReviewHours),
    rollback: flag('Is a rollback plan required?'),
  })

export const accessSchema: Schema = map('How requests are handled; what is left out has a default.', accessShape, {
  tiers: map('Rules by tier.', tiersShape, {
    standard: tier('Known and harmless changes.'),
    normal: tier('What is not standard.'),
    emergency: tier('Answered by who is on duty. Target 30 and alarm 120 minutes, review 72 hours by default.'),
    'break-glass': tier('Answered by nobody. 60 minutes at most, review 24 hours by default.'),
  }),
  answers: map('What happens to a request nobody answers.', answersShape, {
    remindMinutes: integer('Until who can answer is reminded; 30 by default.', 1, mostMinutes),
    escalateMinutes: integer('Until others are told; 60 by default.', 1, mostMinutes),
    expireMinutes: integer('Until it expires; 1440 by default.', 1, mostMinutes),
  }),
  ticketUnreachable: choice('What holds when the ticket system does not answer; deny by default.', unreachableChoices),
  maxRecurringDays: integer('Days a recurring access may last; 31 by default.', 1, mostRecurringDays),
  maxRenewals: integer('Times an exception may be renewed; 2 by default.', 0, mostRenewals),
  trainings: list(
    'What people have to have learnt: attested outside the bundle, and without it they have no access.',
    map('A training.', trainingShape, {
      id: text('Id of the training.', 60),
      title: text('What it is called.'),
      validDays: integer('Days one attestation holds at most.', 1, mostTrainingDays),
      for: map('Where it is needed: every criterion given has to match; left out, everywhere.', trainedShape, {
        roles: list('People with one of these roles.', choice('a role', roles), { atLeast: 1 }),
        population: choice("A supplier's people, or the plant's own.", populations),
        operationClasses: list('For these classes.', choice('a class', operationClasses), { atLeast: 1 }),
        zones: ids('On assets of these zones.', 'a zone'),
        labels: words('On assets with one of these labels.', 1),
      }),
    }),
  ),
  machines: list(
    'What machine accounts may run. One that is not named here may do nothing.',
    map('A machine account.', machineShape, {
      login: login('Its login.'),
      text: text('Why it is needed.'),
      keyAlone: flag('Is its key enough where a person needs a second factor? No by default.'),
      commands: list('The exact command lines it may run.', text('A command line.', longestObserved), { atLeast: 1 }),
      files: fileTerms('Which files it may carry, where its grant gives them too; none by default.'),
    }),
  ),
  separation: list(
    'Roles and duties of which one person holds at most one.',
    map('A rule; roles and duties are at least two together.', separationShape, {
      id: text('Its id.', 60),
      text: text('Why, for people.'),
      from: day('From which day (UTC) it is enforced'),
      roles: list('Roles.', choice('a role', roles), { atLeast: 1 }),
      duties: list('Duties by roster.', text('A duty, as calendars.yaml names it.', 60), { atLeast: 1 }),
    }),
  ),
  roleMapping: list(
    'Roles that people of a feed have by their attributes.',
    map('A mapping; every attribute has to have one of its values.', roleMappingShape, {
      id: text('Its id.', 60),
      text: text('Who these people are.'),
      when: {
        type: 'object',
        description: 'Values by the name of the attribute: a column of the feed, such as department or job.',
        minProperties: 1,
        propertyNames: { pattern: attributeName.source },
        additionalProperties: list('One of these.', text('A value.', 200), { atLeast: 1 }),
      },
      roles: list('What they are at the gateway.', choice('a role', mappedRoles), { atLeast: 1 }),
    }),
  ),
  peopleFeeds: list(
    'Systems that say who works here; accounts come, move and go with them.',
    map('A feed of people.', peopleFeedShape, {
      id: text('Its id, as `sallyport people feed --source` names it.', 40),
      text: text('What it is.'),
      owner: text('Who answers for what it says.'),
      mostLeaversPercent: integer('Of its accounts, how many in a hundred one feed may close; 10 by default.', 1, 100),
      supplier: id('The supplier whose list it is: it speaks of that supplier\u2019s people alone.'),
    }),
  ),
  standardChanges: list(
    'Kinds of work approved beforehand; where there is any, what is asked in tier standard has to be one.',
    map('A standard change; at least one of assets, types and labels.', standardChangeShape, {
      id: text('Its id, as policies see it.', 60),
      title: text('The work in words.'),
      protocols: list('By what it is done.', choice('A protocol.', protocols), { atLeast: 1 }),
      operationClass: choice('The highest class it takes.', operationClasses),
      maxWindowMinutes: integer('Its longest stretch.', 1, longestWindowMinutes),
      rollback: text('How it is undone: the rollback plan of every request that is it.', longestRollback),
      approvedBy: text('Who approved it beforehand: a role title.'),
      until: day("Last day it may be done, on the plant's clock"),
      assets: ids('The assets it is about.', 'an asset'),
      types: words('The types of asset it is about.', 1),
      labels: words('Labels, of which the asset has one.', 1),
    }),
  ),
})
