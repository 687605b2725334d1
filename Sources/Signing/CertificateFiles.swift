import Glibc

/// The PEM files of a TLS server in one folder: `ca.pem` for clients, `server.pem` and `server.key` for the server.
public struct CertificateFiles: Sendable, Equatable {
  public let caFile: String
  public let certificateFile: String
  public let keyFile: String

  /// Where the files of `directory` are.
  public init(directory: String) {
    caFile = directory + "/ca.pem"
    certificateFile = directory + "/server.pem"
    keyFile = directory + "/server.key"
  }

  /// Makes a new authority and a loopback server certificate, and writes the three files into an existing folder. The
  /// key is readable by its owner only.
  public static func write(
    into directory: String, names: [CertificateAuthority.ServerName] = CertificateAuthority.ServerName.loopback,
    validity: CertificateAuthority.Validity
  ) throws(SigningError) -> CertificateFiles {
    let authority = try CertificateAuthority(validity: validity)
    let identity = try authority.issue(for: names, validity: validity)
    return try write(authority: authority, identity: identity, into: directory)
  }

  public static func write(
    authority: CertificateAuthority, identity: ServerIdentity, into directory: String
  ) throws(SigningError) -> CertificateFiles {
    let files = CertificateFiles(directory: directory)
    try writeFile(files.caFile, Array(authority.certificatePEM.utf8), mode: 0o644)
    try writeFile(files.certificateFile, Array(identity.certificatePEM.utf8), mode: 0o644)
    try identity.privateKeyPEM.withUnsafeBytes { (bytes) throws(SigningError) in
      try writeFile(files.keyFile, bytes, mode: 0o600)
    }
    return files
  }

  private static func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SigningError) {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(SigningError) in try writeFile(path, bytes, mode: mode) }
    }.get()
  }

  private static func writeFile(
    _ path: String, _ bytes: UnsafeRawBufferPointer, mode: mode_t
  ) throws(SigningError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    // An older file keeps its mode through O_CREAT.
    guard fchmod(descriptor, mode) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotWrite(path: path, errno: errno)
      }
      rest = rest.dropFirst(count)
    }
  }
}
