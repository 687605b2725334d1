/// Bytes that wait for the transport, in order. Reading moves an index; the bytes in front of it go when they are
/// most of the buffer, so that a slow transport costs no copy per write.
struct OutputBuffer: Sendable {
  /// Capacity kept for the next frames once all is written, in bytes: orders and pongs fit, a large message is given
  /// back.
  static let maximumKeptBytes = 64 << 10

  private(set) var bytes: [UInt8] = []
  private var start = 0

  /// Bytes that wait.
  var count: Int { bytes.count - start }

  mutating func append(_ opcode: Opcode, payload: UnsafeRawBufferPointer, key: MaskKey) {
    if start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
    FrameEncoder.append(opcode, payload: payload, key: key, to: &bytes)
  }

  mutating func append(contentsOf more: [UInt8]) {
    bytes.append(contentsOf: more)
  }

  /// Gives all of it away.
  mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    if start > 0 { taken.removeFirst(start) }
    start = 0
    return taken
  }

  /// Shows what waits to `write`, which answers how many bytes it took.
  mutating func drain<Failure: Error>(_ write: (UnsafeRawBufferPointer) throws(Failure) -> Int) throws(Failure) {
    guard count > 0 else { return }
    let from = start
    let written = try bytes.withUnsafeBufferPointer { (all) throws(Failure) in
      try write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[from...]))
    }
    precondition(written >= 0 && written <= count, "more bytes written than there were")
    start += written
    if start == bytes.count {
      if bytes.capacity > Self.maximumKeptBytes { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
      start = 0
    }
  }
}
