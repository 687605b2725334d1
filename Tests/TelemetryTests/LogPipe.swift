import Glibc

/// A pipe that stands for stderr.
struct LogPipe {
  let readEnd: Int32
  let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "pipe failed: errno \(errno)")
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  /// Everything up to the end; the write end is closed first.
  func contents() -> String {
    close(writeEnd)
    defer { close(readEnd) }
    var bytes: [UInt8] = []
    while let chunk = next() { bytes += chunk }
    return String(decoding: bytes, as: UTF8.self)
  }

  func next() -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = read(readEnd, &chunk, chunk.count)
    return count > 0 ? Array(chunk[..<count]) : nil
  }

  /// Stuffs the pipe so that the next write must wait. Returns the number of bytes.
  func fill() -> Int {
    let flags = fcntl(writeEnd, F_GETFL)
    _ = fcntl(writeEnd, F_SETFL, flags | O_NONBLOCK)
    defer { _ = fcntl(writeEnd, F_SETFL, flags) }
    let chunk = [UInt8](repeating: UInt8(ascii: "."), count: 4096)
    var total = 0
    while true {
      let count = write(writeEnd, chunk, chunk.count)
      guard count > 0 else { return total }
      total += count
    }
  }
}
