// What is told before a training or an expectation ends: those who can attest it anew, and who would stand outside.

import { distinct, peopleOf } from './audience.ts'
import { showInstant, tame } from './letter.ts'
import { nameOf, openAccounts, refOf } from './look.ts'
import type { NoticesOf } from './mapper.ts'

export const preconditionNotices: NoticesOf<'training.expiring' | 'supplier.expectation_expiring'> = {
  async 'training.expiring'({ attestation, person: id, training, until }, look) {
    const person = await look.tables.people.byId(id)
    const declared = look.bundle.access.trainings.find((each) => each.id === training)
    // Nobody needs it any more, or its person is gone: there is nothing to do.
    if (declared === undefined || person === null || person.disabled) return null
    const title = tame(declared.title)
    const end = showInstant(until, 'UTC')
    return {
      people: distinct([
        ...(await openAccounts(look, [id])),
        ...(await peopleOf(look, null, ['isms-manager', 'admin'])),
      ]),
      facts: { attestation, person: refOf(person, id), training, until: new Date(until).toISOString() },
      asks: null,
      letter: (reader) =>
        reader.id === id
          ? {
              subject: `renew your training: ${title} ends ${end}`,
              lines: ['Access that needs it is denied after that, until an ISMS manager attests it anew.'],
              open: '/trainings',
            }
          : {
              subject: `attest anew or let it end: training ${title} of ${nameOf(look, person)} ends ${end}`,
              lines: ['Access that needs it is denied after that, and what rests on it ends.'],
              open: '/trainings',
            },
    }
  },

  async 'supplier.expectation_expiring'({ attestation, supplier: id, expectation, until }, look) {
    const supplier = look.bundle.suppliers.get(id)
    const declared = look.bundle.expectations.find((each) => each.id === expectation)
    if (declared === undefined || supplier === undefined || !declared.tiers.includes(supplier.riskTier)) return null
    const end = showInstant(until, 'UTC')
    return {
      people: await peopleOf(look, null, ['isms-manager', 'admin']),
      facts: { attestation, supplier: id, expectation, until: new Date(until).toISOString() },
      asks: null,
      letter: () => ({
        subject: `attest anew or let it end: ${expectationName(expectation)} of ${tame(supplier.name)} ends ${end}`,
        lines: [
          `Expected: ${tame(declared.text)}`,
          'After that nobody of the supplier has access, and what is open ends.',
        ],
        open: `/suppliers/${id}`,
      }),
    }
  },
}

const expectationName = (id: string): string => `expectation ${tame(id)}`
