import Venue

/// A request that was accepted, with what to do when it ends.
struct PendingRequest: Sendable {
  let request: HTTPRequest
  let deadlineNanoseconds: Int64
  let completion: @Sendable (HTTPResult) -> Void
}

extension HTTPRequest {
  /// Why the request cannot be put on the wire as it is. A line break in a header would smuggle in another header;
  /// libcurl would re-encode a space in the target, and the signature would not fit any more.
  var wireDefect: String? {
    guard target.utf8.first == UInt8(ascii: "/") else { return "the target must start with /" }
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      return "the target must be percent-encoded"
    }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") })
      else { return "a header's name is not a token" }
      guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        return "the value of header \(header.name) has a control character"
      }
    }
    return nil
  }
}
