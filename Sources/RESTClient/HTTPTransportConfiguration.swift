/// How a transport behaves. There is no switch for certificate verification, on purpose.
public struct HTTPTransportConfiguration: Hashable, Sendable {
  /// PEM file of the only authorities to trust; `nil`: the system's.
  public var caFile: String?
  /// For name resolution, TCP and TLS together.
  public var connectTimeout: Duration
  /// Largest response body. The largest that the venue sends is its list of instruments, some 10 MB.
  public var responseBytesMax: Int
  /// An idle connection older than this is not used again: load balancers drop idle ones without a word, and a write on
  /// such a connection is the ambiguous one of fault RS17.
  public var idleConnectionMax: Duration
  /// A read that gets no byte for this long (whole seconds) is given up before its deadline, so that a lost reply costs
  /// seconds and a long answer over a slow line still gets its time (fault RS01).
  public var silenceMax: Duration
  /// `host:port` of an HTTP proxy. Never taken from the environment.
  public var proxy: String?
  /// HTTP/2 where the server offers it over TLS.
  public var allowsHTTP2: Bool
  /// Addresses to try when the name cannot be resolved and no connection has succeeded before (fault PR07). The
  /// certificate is checked against the name all the same.
  public var fallbackAddresses: [String]

  public init(
    caFile: String? = nil, connectTimeout: Duration = .seconds(3), responseBytesMax: Int = 64 << 20,
    idleConnectionMax: Duration = .seconds(50), silenceMax: Duration = .seconds(3), proxy: String? = nil,
    allowsHTTP2: Bool = true,
    fallbackAddresses: [String] = []
  ) {
    self.caFile = caFile
    self.connectTimeout = connectTimeout
    self.responseBytesMax = responseBytesMax
    self.idleConnectionMax = idleConnectionMax
    self.silenceMax = silenceMax
    self.proxy = proxy
    self.allowsHTTP2 = allowsHTTP2
    self.fallbackAddresses = fallbackAddresses
  }
}
