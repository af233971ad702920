// A page of a list whose rows are ordered by id, newest first.

export interface Page {
  readonly limit: number
  /** Rows older than this id. */
  readonly before: string | null
}
