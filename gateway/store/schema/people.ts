// Tables of people: accounts, where they come from, what they log in with, who stands in for whom.

export interface PeopleTables {
  person: {
    id: string
    login: string
    display_name: string
    roles: string
    supplier: string | null
    plants: string
    disabled: number
    /** PHC string (argon2id). */
    password_hash: string
    /** Sealed by the vault key. */
    totp_secret: Uint8Array
    /** The last TOTP time step accepted; the same or an earlier one is a replay. */
    totp_step: number
    /** Wrong tries in a row, and until when none is looked at. */
    failures: number
    locked_until: number
    created_at: number
    /** Where messages go; personal data, and null where none is given. */
    email: string | null
    /** `all` or `plants`: how far roles reach that look over a house. */
    oversight: string
  }
  person_key: {
    /** `SHA256:…` of the public key blob, as OpenSSH prints it. */
    fingerprint: string
    person: string
    key: string
    label: string
  }
  /** Of a machine account, beside its row among the people. */
  machine: { person: string; owner: string; purpose: string; until_day: string; sources: string }
  person_source: {
    person: string
    feed: string
    external_id: string
    /** JSON lists. */
    hand_roles: string
    hand_plants: string
    feed_roles: string
    feed_plants: string
    withheld_roles: string
    withheld_plants: string
    left_at: number | null
  }
  people_feed: { feed: string; as_of: number; digest: string; taken_at: number; rows: number }
  /** One-time secrets of prepared accounts; the seed is sealed by the vault key. */
  enrolment: { person: string; secret_hash: string; totp_secret: Uint8Array; until_at: number }
  separation_breach: { person: string; rule: string; found: string; found_at: number; enforced_at: number | null }
  delegation: {
    id: string
    from_person: string
    to_person: string
    from_at: number
    until_at: number
    created_at: number
    reason: string
    ended_by: string | null
    ended_at: number | null
  }
  refresh_token: {
    hash: string
    person: string
    family: string
    expires_at: number
    used_at: number | null
    mfa: string
  }
  /** The vault: secrets of targets, sealed. */
  credential: { name: string; kind: string; sealed: Uint8Array; changed_at: number }
}
