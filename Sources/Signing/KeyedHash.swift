import COpenSSL
import Glibc

/// HMAC-SHA256 with one key, the key schedule done once: about a third of the one-shot call's time.
final class KeyedHash: @unchecked Sendable {
  // Unchecked because the OpenSSL context is mutable; `mutex` guards it. This module sits below none that has a lock.
  private let context: OpaquePointer
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  static let digestCount = 32

  init(_ secret: Secret) throws(SigningError) {
    guard !secret.isEmpty else { throw .emptySecret }
    guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { throw .library("find HMAC") }
    defer { EVP_MAC_free(algorithm) }
    guard let context = EVP_MAC_CTX_new(algorithm) else { throw .library("make an HMAC context") }
    let isKeyed = secret.withUnsafeBytes { key in
      // OpenSSL keeps both pointers in the parameter, so both strings have to outlive the call that reads it.
      "digest".withCString { parameterName in
        var name = Array("SHA256".utf8CString)
        return name.withUnsafeMutableBufferPointer { name in
          var parameters = [
            OSSL_PARAM_construct_utf8_string(parameterName, name.baseAddress, 0), OSSL_PARAM_construct_end(),
          ]
          let bytes = key.bindMemory(to: UInt8.self)
          return EVP_MAC_init(context, bytes.baseAddress, bytes.count, &parameters) == 1
        }
      }
    }
    guard isKeyed else {
      EVP_MAC_CTX_free(context)
      throw .library("key an HMAC")
    }
    self.context = context
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    EVP_MAC_CTX_free(context)  // wipes the key schedule
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func digest(of payload: UnsafeRawBufferPointer) throws(SigningError) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.digestCount)
    var count = 0
    let bytes = payload.bindMemory(to: UInt8.self)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard EVP_MAC_init(context, nil, 0, nil) == 1,
      EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1,
      EVP_MAC_final(context, &digest, &count, digest.count) == 1
    else { throw .library("compute an HMAC") }
    return digest
  }
}
