import Trading
import Venue

/// An entry that a bot placed through Backstop, until its legs stand or its time is up (layer 3).
struct DirectEntry: Hashable, Sendable {
  var requestID: Int64
  var placement: EntryPlacement
  var commandID: Int64
  var sentAt: Instant
  /// The bot gets its answer by then, whatever is known.
  var answerBy: Instant
  var lot: LotID?
  var isSettled = false
  var hasAnswered = false
  var firstAbsence: Instant?
  var record: ActionRecord
}
