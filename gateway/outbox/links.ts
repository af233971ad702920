// Approval links: a way from a message to the request it is about, made for one approver, one request as it then was,
// and one use. A link opens nothing by itself and approves nothing: who follows it logs in with both factors, as the
// person it was made for, and then reads and decides as always. So a mail scanner that opens it does nothing, and who
// finds it in a mailbox has no more than the address of a login page.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { PersonId, RequestId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { ApprovalLink } from '../store/approval-links.ts'
import type { Store, Tables } from '../store/store.ts'

export type LinkRefusal = 'forged' | 'used' | 'expired' | 'another-person' | 'request-changed' | 'second-factor-missing'

export interface ApprovalLinks {
  /** Keeps a link and gives it; `tokenOf` makes its text. In the caller's transaction. */
  issue(tables: Tables, link: ApprovalLink): Promise<void>
  /** What stands in the message: `lnk_…`, a point, and the signature. The same every time it is made. */
  tokenOf(link: ApprovalLink): string
  /**
   * Follows a link, once: gives the request it leads to. Evidence either way.
   * @throws GatewayError `link-forged`, `link-used`, `link-expired`, `link-foreign` or `link-outdated`.
   */
  follow(actor: Actor, token: string): Promise<RequestId>
}

const codeOf: Record<LinkRefusal, ProblemCode> = {
  forged: 'link-forged',
  used: 'link-used',
  expired: 'link-expired',
  'another-person': 'link-foreign',
  'request-changed': 'link-outdated',
  'second-factor-missing': 'not-logged-in',
}

const form = /^(lnk_[0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})$/

/** The key that signs links: derived from the vault key (HKDF, RFC 5869), so that it lives and is backed up with it. */
export function linkKeyFrom(vaultKey: Secret<Uint8Array>): Secret<Uint8Array> {
  const derived = hkdfSync('sha256', vaultKey.expose(), new Uint8Array(0), 'sallyport.approval-link.v1', 32)
  return new Secret(new Uint8Array(derived))
}

/** @param key 32 bytes. */
export function openApprovalLinks(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  key: Secret<Uint8Array>,
): ApprovalLinks {
  function signatureOf({ id, request, digest, person, expiresAt }: ApprovalLink): Buffer {
    // As JSON, so that no two links have the same bytes to sign.
    const signed = JSON.stringify([id, request, digest, person, expiresAt])
    return createHmac('sha256', key.expose()).update(signed, 'utf8').digest()
  }

  async function read(token: string) {
    const [, id, signature] = form.exec(token) ?? []
    if (id === undefined || signature === undefined) return null
    const link = await store.approvalLinks.byId(id)
    if (link === null) return null
    // The last character of the signature holds two bits more than it says: only one spelling is the link.
    const given = Buffer.from(signature, 'base64url')
    const isCanonical = given.toString('base64url') === signature
    return isCanonical && given.length === 32 && timingSafeEqual(given, signatureOf(link)) ? link : null
  }

  return {
    issue: (tables, link) => tables.approvalLinks.insert(link),
    tokenOf: (link) => `${link.id}.${signatureOf(link).toString('base64url')}`,
    async follow(actor, token) {
      const link = await read(token)
      const person: PersonId = actor.person.id
      const judged = await store.change(async (tx): Promise<LinkRefusal | 'ok'> => {
        const now = clock.now()
        const refuse = async (reason: LinkRefusal): Promise<LinkRefusal> => {
          const request = link?.request ?? null
          await tx.ledger.append('approval.link_refused', now, { request, person, reason })
          return reason
        }
        if (link === null) return refuse('forged')
        if (link.person !== person) return refuse('another-person')
        if (actor.mfa.length === 0) return refuse('second-factor-missing')
        if (now >= link.expiresAt) return refuse('expired')
        const stored = await tx.requests.byId(link.request)
        if (stored?.request.kind !== 'submitted' || stored.digest !== link.digest) return refuse('request-changed')
        if (!(await tx.approvalLinks.use(link.id, now))) return refuse('used')
        await tx.ledger.append('approval.link_used', now, { request: link.request, person, digest: link.digest })
        return 'ok'
      })
      if (judged !== 'ok' || link === null) throw new GatewayError(codeOf[judged === 'ok' ? 'forged' : judged])
      return link.request
    },
  }
}
