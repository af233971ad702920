// The public face of the recorder: it proves what happened. It writes recordings that survive a crash and show any
// change, turns events into the entries and the tree of the evidence ledger, exports both, and verifies an export with
// nothing but public keys. It imports nothing of ours and runs alone, without a gateway. FORMAT.md is the specification.

export { RecorderError, recorderErrorCodes, type RecorderErrorCode } from './errors.ts'
export { canonicalBytes, parseCanonical, type JsonObject, type JsonValue, type Parsed } from './canonical.ts'

export { createRecording, type Recording, type RecordingOptions, type SealResult } from './recording.ts'
export type { ChannelWriter } from './channel.ts'
export { type FileOutcome, FileRecord, type FileSummary } from './writers/file-record.ts'
export type { ChannelMeta, DataDirection, ExitStatus, Frame } from './frame.ts'
export { type InterruptedOptions, type InterruptedOutcome, sealInterrupted } from './interrupted.ts'
export {
  folderState,
  isOpening,
  isSessionId,
  keyFile,
  manifestFile,
  maxChannels,
  recordingDir,
  sealFile,
  streamFile,
  unsealedSessions,
} from './layout.ts'
export { type Manifest, readManifest, type RecordingMeta } from './manifest.ts'
export { isReason, parseSeal, readSeal, type Seal, type SealStatus } from './seal.ts'
export { decryptWith, encryptFor, isRecipient, recipientOf, unwrapSessionKey } from './wrapped-key.ts'
export { writeAgeFile } from './age-file.ts'
export { type PlacedFrame, readFrames, readFramesFrom, readOpening } from './replay.ts'
export { parseSessionKey } from './session-key.ts'
export { type CastFormat, type CastOptions, toAsciicast } from './asciicast.ts'
export { type Part, partLines, type PartFormat, type PartStart, partStart, positionOf } from './cast-part.ts'
export { followFrames, lengthOf, readFramesWhereItIs, whereItIs } from './follow.ts'
export { rawBytes } from './raw-bytes.ts'
export { longestIdle } from './replay-index/activity.ts'
export { type IndexPlace, readIndex, removeIndexes } from './replay-index/index-files.ts'
export type { ReplayIndex } from './replay-index/replay-index.ts'
export { TerminalFilter, terminalSafe } from './terminal-safe.ts'
export { PromptMask, type Typed } from './terminal-mask.ts'
export { type Disk, realDisk } from './disk.ts'
export { paceDisk, type PacedDisk, type Taken } from './pace.ts'
export type { StreamHead } from './stream.ts'
export { LedgerStatements, type Said, type Statements } from './statements.ts'

export { commitment, entryBytes, isCommitment, type LedgerEntry, parseEntry, type ParsedEntry } from './evidence.ts'
export {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesForAppend,
  type ReadNode,
  type TreeNode,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
export { type Checkpoint, isOrigin, parseCheckpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
export {
  type LaterSigner,
  parseNote,
  parseVerifierKey,
  signerFrom,
  type Signer,
  signNote,
  type Verifier,
  verifyNote,
} from './note.ts'
export { type TileFile, tilePath, TileTree, tileWidth } from './tiles.ts'
export { type ReadTile, TileReader } from './tile-reader.ts'
export { type LedgerSource, parseTilePath, tileOf, tilesSince } from './tile-range.ts'
export { type Publication, publishLedger, tidyPublished } from './publish.ts'
export { formatLogReport, type LogReport, publishedIn, type ReadPublished, verifyLog } from './verify-log.ts'

export {
  type Cosigner,
  cosignerFrom,
  cosignaturesOn,
  type CosigningKey,
  parseCosignerKey,
} from './witness/cosignature.ts'
export {
  judgeCheckpoint,
  type LogPolicy,
  type ParsedLogPolicy,
  parseLogPolicy,
  type WitnessedVerdict,
  type Witness,
} from './witness/policy.ts'
export { type LogProof, parseProof, type ProofVerdict, verifyProof, writeProof } from './witness/proof.ts'
export { type Answer, readAnswer, writeSubmission } from './witness/submission.ts'
export { openWitness } from './witness/witness.ts'
export { serveWitness } from './witness/http.ts'

export { type AbsentRecording } from './absent.ts'
export { type DeletedRecording, DeletedRecordings, sayDeleted } from './deleted.ts'
export { type EarlierCheckpoint } from './earlier.ts'
export { type Disclosure } from './disclosure.ts'
export type { ProvedEntry } from './excerpt.ts'
export type { ExportExtent, ExportScope } from './export-header.ts'
export { type ExportOptions, type ExportResult, writeExport } from './export.ts'
export {
  type LedgerEnd,
  type LedgerKeys,
  parseTrust,
  type ParsedTrust,
  type Trust,
  type TrustedKey,
  type TrustedLedger,
  trustText,
  trustTextFrom,
  trustTextOf,
} from './trust.ts'
export { judgeByLedger, type SealKey, sealFault, sealKeys, sealVerifiers } from './trusted.ts'
export { verifyExport } from './verify.ts'
export type { JudgeTimestamp } from './verify-timestamps.ts'
export { formatProofReport, type ProofReport, reportProof } from './proof-report.ts'
export { type RecordingVerdict, type VerifiedRecording, verifyRecording } from './verify-recording.ts'
export { type Finding, formatReport, type RecordingSummary, type Report } from './report.ts'
