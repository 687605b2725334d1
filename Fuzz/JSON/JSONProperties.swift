import Binance
import FuzzChecks
import Foundation

/// The byte scanner under every decoder of the venue's messages (fault ST21), beside Foundation's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = FuzzInput(start, count)
  let value = try? JSONValue(input.bytes)
  let skipped = JSONValue.skippedBytes(input.bytes)
  Property.holds(value == nil || skipped != nil, "what can be read can be skipped: \(String(describing: value))")
  guard skipped != nil else { return 0 }
  // Read by one's own rules: the venue's grammar is JSON's, so what we pass over, Foundation must accept too.
  let theirs = Result { try JSONSerialization.jsonObject(with: Data(input.bytes), options: .fragmentsAllowed) }
  guard case .success(let other) = theirs else {
    Property.holds(JSONValue.hasNumberBeyondDouble(input.bytes), "Foundation reads what we skip: \(theirs)")
    return 0
  }
  if let value { Property.holds(value.agrees(with: other), "Foundation reads the same: \(value) \(other)") }
  checkEnds(input.bytes, isContainer: other is [Any] || other is [String: Any])
  return 0
}

/// White space around a value changes nothing, and no beginning of an object or list is one.
private func checkEnds(_ bytes: [UInt8], isContainer: Bool) {
  Property.holds(
    JSONValue.skippedBytes([0x20, 0x0A] + bytes + [0x0D, 0x09]) != nil, "white space around it is skipped")
  guard isContainer, let last = bytes.lastIndex(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }) else { return }
  Property.holds(JSONValue.skippedBytes(Array(bytes[..<last])) == nil, "half of a value is refused")
}
