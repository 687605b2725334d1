/// One input, read from its end for choices and from its start for the bytes under test, so that a change in one seldom
/// moves the other.
public struct FuzzInput {
  public private(set) var bytes: [UInt8]

  public init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    bytes = Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// Takes the last byte as a choice; 0 when nothing is left.
  public mutating func choice() -> UInt8 { bytes.popLast() ?? 0 }
}
