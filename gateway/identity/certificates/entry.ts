// A login's certificate as evidence has it: its key id, which often names a person, as a commitment.

import type { Tx } from '../../store/store.ts'
import type { LoginCertificate } from './trust.ts'

/** To be spread into an entry: nothing where there was no certificate. */
export async function certificateEntry(tx: Pick<Tx, 'ledger'>, certificate: LoginCertificate | undefined) {
  if (certificate === undefined) return {}
  const { authority, authorityKey, serial, until } = certificate
  return { certificate: { authority, authorityKey, serial, keyId: await tx.ledger.commit(certificate.keyId), until } }
}
