import EventLoop
import Glibc
import Testing

@testable import StreamClient

@Suite struct ResolverTests {
  private func resolve(_ host: String) async throws -> Result<[ResolvedAddress], StreamError> {
    let harness = try WireHarness()
    defer { harness.stop() }
    return await withCheckedContinuation { continuation in
      harness.resolver.resolve(host: host, port: 443, on: harness.loop) { result in
        harness.loop.checkIsolated()
        continuation.resume(returning: result)
      }
    }
  }

  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:443", true), ("127.9.9.9", "127.9.9.9:443", true), ("::1", "[::1]:443", true),
    ("192.0.2.1", "192.0.2.1:443", false), ("2001:db8::1", "[2001:db8::1]:443", false),
  ])
  func `address literals resolve to themselves and say whether they are this machine`(
    host: String, description: String, isLoopback: Bool
  ) async throws {
    let addresses = try await resolve(host).get()
    #expect(addresses.map(\.description) == [description])
    #expect(addresses.map(\.isLoopback) == [isLoopback])
  }

  @Test func `localhost resolves on the resolver's thread to this machine`() async throws {
    let addresses = try await resolve("localhost").get()
    #expect(!addresses.isEmpty)
    #expect(!addresses.contains { !$0.isLoopback })
  }

  @Test func `a name that cannot exist is a dns error with the host's name`() async throws {
    let label = String(repeating: "x", count: 70)  // labels have at most 63 bytes (RFC 1035 §2.3.4)
    let result = try await resolve("\(label).invalid")
    guard case .failure(.dns(let host, _)) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(host == "\(label).invalid")
  }

  @Test func `the two families are tried in turn, the system's first choice first`() async throws {
    var addresses: [ResolvedAddress] = []
    for host in ["2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1"] {
      addresses += try await resolve(host).get()
    }
    #expect(
      Resolver.interleaved(addresses).map(\.description) == [
        "[2001:db8::1]:443", "192.0.2.1:443", "[2001:db8::2]:443", "[2001:db8::3]:443",
      ])
    #expect(Resolver.interleaved([]).isEmpty)
  }
}
