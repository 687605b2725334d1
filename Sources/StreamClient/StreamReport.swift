/// One connection of a stream; never used twice by one stream.
public struct LinkID: Hashable, Sendable {
  public let number: Int64

  public init(number: Int64) { self.number = number }
}

/// What a stream says about itself. Between `lost` and the next `opened` events may have been missed; only a snapshot
/// taken after `opened` closes such a gap.
public enum StreamReport: Equatable, Sendable {
  /// The subscription stands on a connection; events are delivered from now on. `epoch` counts upwards.
  /// `isContinuous`: the connection before it delivered until now and was trusted, so nothing was missed
  /// (make-before-break).
  case opened(epoch: Int64, isContinuous: Bool)
  /// The epoch ended.
  case lost(epoch: Int64, StreamError)
  /// The epoch still stands, but a proof of life is overdue or was doubted from outside (faults ST03, ST04).
  case suspect(epoch: Int64, reason: Suspicion)
  /// The overdue proof came after all.
  case trusted(epoch: Int64)
  /// A second connection is being made to replace the first.
  case rotating(epoch: Int64, RotationReason)
  /// A connection failed, or could not be had; the next attempt follows after `wait`.
  case retrying(StreamError, wait: Duration, failures: Int)
  /// The connection budget is used up for now.
  case throttled(wait: Duration)

  public enum Suspicion: Hashable, Sendable {
    case pongOverdue
    case probeOverdue
    /// For instance: an own order was not echoed in time.
    case doubted(String)
  }

  public enum RotationReason: Hashable, Sendable {
    case age
    case venueShutsDown
    case suspicion(Suspicion)
  }
}
