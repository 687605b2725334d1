import EventLoop
public import Signing

/// The bearer token of the control API: 256 random bits in a file that only its owner may read (fault SE05).
public enum ControlToken {
  public static func load(_ path: String) throws(StartRefusal) -> Secret {
    let file = try PrivateFile.readOrCreate(path, what: "the control token") {
      var entropy = Entropy.system
      let text = (0..<4).map { _ in String(entropy.next(), radix: 36) }.joined()
      return Array((text + "\n").utf8)
    }
    let token = Secret(String(decoding: file.bytes, as: UTF8.self))
    guard token.count >= bytesMin else {
      throw StartRefusal(
        .key, "the control token in \(path) is too short", "remove the file: a new one is made at the start")
    }
    return token
  }

  /// 128 bits in base 36.
  static let bytesMin = 25
}
