import Trading

/// The unit of the timestamps on a connection: Spot sends microseconds when the URL or a header asks for them.
public enum VenueTimeUnit: String, Hashable, Sendable, CaseIterable {
  case milliseconds = "MILLISECOND"
  case microseconds = "MICROSECOND"

  func timestamp(_ value: Int64) -> Timestamp {
    switch self {
    case .milliseconds: Timestamp(milliseconds: value)
    case .microseconds: Timestamp(microseconds: value)
    }
  }
}
