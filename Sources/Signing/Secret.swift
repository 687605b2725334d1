import COpenSSL

/// Bytes that must not leak: an API secret, a private key, a bearer token.
///
/// It prints as `<secret>`, shows nothing to a mirror (so `dump`, `String(reflecting:)` and test failures stay clean),
/// cannot be encoded, compares in constant time, and is overwritten when the last copy goes away.
public struct Secret: Sendable {
  private let storage: Storage

  /// Copies `bytes`. The caller's own copy is the caller's to wipe.
  public init(_ bytes: some Collection<UInt8>) {
    storage = Storage(bytes)
  }

  /// The UTF-8 bytes of `text`, without surrounding whitespace: files and environment variables bring line ends along.
  public init(_ text: String) {
    let bytes = Array(text.utf8)
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = bytes.firstIndex { !isSpace($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
    storage = Storage(bytes[start..<max(start, end)])
  }

  public var count: Int { storage.bytes.count }
  public var isEmpty: Bool { count == 0 }

  /// The bytes, for the time of the call. Do not let them escape.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// The bytes as text, for the few places that must hand them on (a header, a file). Invalid UTF-8 is repaired.
  public func revealedText() -> String {
    withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  private final class Storage: @unchecked Sendable {
    // Unchecked because a raw buffer is not Sendable; it is written in init only, and wiped when nobody reads it.
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: some Collection<UInt8>) {
      bytes = .allocate(byteCount: source.count, alignment: 1)
      bytes.copyBytes(from: source)
    }

    deinit {
      if let base = bytes.baseAddress { OPENSSL_cleanse(base, bytes.count) }
      bytes.deallocate()
    }
  }
}

extension Secret: Equatable {
  /// Time depends on the lengths only.
  public static func == (left: Secret, right: Secret) -> Bool {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return CRYPTO_memcmp(first, second, left.count) == 0
      }
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<secret>" }
  public var debugDescription: String { "<secret>" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
