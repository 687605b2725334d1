import COpenSSL
import Glibc
import Signing

/// A TLS server on 127.0.0.1 whose peers are served by whoever accepts them: blocking, bare OpenSSL, so that what is
/// measured is the client.
final class LoopbackListener {
  let port: UInt16
  let caFile: String
  private let listener: Int32
  private let context: OpaquePointer
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let validity = CertificateAuthority.Validity.days(1, around: Int64(time.tv_sec))
    let files = try CertificateFiles.write(into: folder.path, validity: validity)
    caFile = files.caFile
    guard let context = SSL_CTX_new(TLS_server_method()),
      SSL_CTX_use_certificate_chain_file(context, files.certificateFile) == 1,
      SSL_CTX_use_PrivateKey_file(context, files.keyFile, SSL_FILETYPE_PEM) == 1
    else { throw BenchmarkFailure("no TLS server context") }
    self.context = context
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(socket, raw, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, raw, &length) == 0
      }
    }
    guard isBound else { throw BenchmarkFailure("no loopback listener: errno \(errno)") }
    listener = socket
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit {
    close(listener)
    SSL_CTX_free(context)
  }

  /// Waits for the next client.
  func accept() throws -> LoopbackPeer {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else { throw BenchmarkFailure("accept: errno \(errno)") }
    return try LoopbackPeer(descriptor, context)
  }
}
