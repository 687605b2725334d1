/// Rows for `COPY … FROM STDIN` in text format: tab between columns, newline after rows, `\N` for null.
public struct CopyText: Sendable {
  public private(set) var rowCount = 0
  var bytes: [UInt8] = []
  var hasNUL = false
  private var isRowEmpty = true

  public init() {}

  public mutating func append(_ value: String?) {
    separate()
    guard var value else {
      bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "N")])
      return
    }
    value.withUTF8 { text in
      for byte in text {
        switch byte {
        case 0: hasNUL = true
        case UInt8(ascii: "\\"), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(Self.escapes(byte))
        default: bytes.append(byte)
        }
      }
    }
  }

  public mutating func append(_ value: Int64?) { append(value.map { String($0) }) }

  public mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    rowCount += 1
    isRowEmpty = true
  }

  private mutating func separate() {
    if !isRowEmpty { bytes.append(UInt8(ascii: "\t")) }
    isRowEmpty = false
  }

  private static func escapes(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "\t"): UInt8(ascii: "t")
    case UInt8(ascii: "\n"): UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    default: byte
    }
  }
}
