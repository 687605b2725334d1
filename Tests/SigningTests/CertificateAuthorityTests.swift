import Glibc
import Signing
import TestSupport
import Testing

@Suite struct CertificateAuthorityTests {
  static let validity = CertificateAuthority.Validity(notBefore: 1_763_000_000, notAfter: 1_800_000_000)

  @Test func `an authority issues PEM that differs for each server`() throws {
    let authority = try CertificateAuthority(validity: Self.validity)
    let first = try authority.issue(validity: Self.validity)
    let second = try authority.issue(validity: Self.validity)
    #expect(authority.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----"))
    #expect(first.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----"))
    #expect(first.certificatePEM != second.certificatePEM)
    #expect(first.privateKeyPEM != second.privateKeyPEM)
    #expect(first.privateKeyPEM.revealedText().hasPrefix("-----BEGIN PRIVATE KEY-----"))
  }

  @Test func `the files are written, and the key is its owner's alone`() throws {
    let files = try CertificateFiles.write(into: temporaryDirectory(), validity: Self.validity)
    var status = stat()
    #expect(stat(files.keyFile, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(stat(files.caFile, &status) == 0)
    #expect(status.st_size > 0)
  }

  @Test func `a folder that does not exist is named in the error`() {
    #expect(throws: SigningError.cannotWrite(path: "/nonexistent/ca.pem", errno: ENOENT)) {
      try CertificateFiles.write(into: "/nonexistent", validity: Self.validity)
    }
  }
}
