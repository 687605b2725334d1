import CCurl
import Trading
import Venue

/// One request on one easy handle, from the options to the result. Lives on the transport's thread.
final class CurlTransfer {
  struct Limits {
    var nowNanoseconds: Int64
    /// Connect here instead of resolving the host's name.
    var address: String?
    var attempt: Int
  }

  let pending: PendingRequest
  let handle: UnsafeMutableRawPointer
  let limits: Limits
  private(set) var isReady = true
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var connectTo: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>
  private let responseBytesMax: Int

  // What the callbacks gather.
  private var head = ResponseHead()
  private var body: [UInt8] = []
  private var isOversized = false
  /// How often libcurl was about to send the request.
  private var starts = 0

  init(
    _ pending: PendingRequest, handle: UnsafeMutableRawPointer, origin: HTTPOrigin,
    configuration: HTTPTransportConfiguration, limits: Limits
  ) {
    self.pending = pending
    self.handle = handle
    self.limits = limits
    responseBytesMax = configuration.responseBytesMax
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setConnection(origin, configuration)
    setRequest(origin)
  }

  deinit { errorText.deallocate() }

  // MARK: - Options

  private func check(_ code: Int32) { if code != 0 { isReady = false } }

  private func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(handle, option, value)) }

  private func set(_ option: CURLoption, _ value: String?) { check(ccurl_set_text(handle, option, value)) }

  private func setConnection(_ origin: HTTPOrigin, _ configuration: HTTPTransportConfiguration) {
    let remaining = max(1, (pending.deadlineNanoseconds - limits.nowNanoseconds) / 1_000_000)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_TIMEOUT_MS, Int(remaining))
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(remaining, max(1, configuration.connectTimeout.wholeMilliseconds))))
    if pending.request.isRead {
      set(CURLOPT_LOW_SPEED_LIMIT, 1)
      set(CURLOPT_LOW_SPEED_TIME, Int(max(1, configuration.silenceMax.wholeMilliseconds / 1000)))
    }
    set(CURLOPT_MAXAGE_CONN, Int(max(1, configuration.idleConnectionMax.wholeMilliseconds / 1000)))
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_PROTOCOLS_STR, origin.isSecure ? "https" : "http")
    set(CURLOPT_FOLLOWLOCATION, 0)
    // An empty text means: no proxy, whatever the environment says.
    set(CURLOPT_PROXY, configuration.proxy ?? "")
    set(CURLOPT_NOPROXY, configuration.proxy == nil ? nil : "")
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let caFile = configuration.caFile {
      set(CURLOPT_CAINFO, caFile)
      // Otherwise the system's folder of authorities would be trusted as well.
      set(CURLOPT_CAPATH, nil)
    }
    let version = configuration.allowsHTTP2 && origin.isSecure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
    set(CURLOPT_HTTP_VERSION, version)
    if let address = limits.address {
      let literal = address.contains(":") ? "[\(address)]" : address
      connectTo = curl_slist_append(nil, "::\(literal):\(origin.port)")
      check(ccurl_set_list(handle, CURLOPT_CONNECT_TO, connectTo))
    }
  }

  private func setRequest(_ origin: HTTPOrigin) {
    let request = pending.request
    set(CURLOPT_URL, origin.description + request.target)
    // Exactly the signed bytes: libcurl would squash `/../` otherwise.
    set(CURLOPT_PATH_AS_IS, 1)
    var list: UnsafeMutablePointer<curl_slist>?
    for header in request.headers { list = curl_slist_append(list, "\(header.name): \(header.value)") }
    // "Expect: 100-continue" would cost a round trip before each larger body.
    headers = curl_slist_append(list, "Expect:")
    check(ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers))
    set(CURLOPT_USERAGENT, "backstop")
    switch request.method {
    case .get: set(CURLOPT_HTTPGET, 1)
    case .post, .put: setBody(request.body)
    case .delete: if !request.body.isEmpty { setBody(request.body) }
    }
    if request.method != .get, request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    check(ccurl_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, responseBytesMax))
    check(ccurl_set_error_buffer(handle, errorText))
    check(
      ccurl_set_callbacks(
        handle, Unmanaged.passUnretained(self).toOpaque(), CurlTransfer.receiveBody, CurlTransfer.receiveHeader,
        CurlTransfer.aboutToSend))
  }

  private func setBody(_ bytes: [UInt8]) {
    set(CURLOPT_POST, 1)
    check(bytes.isEmpty ? ccurl_set_body(handle, "", 0) : ccurl_set_body(handle, bytes, bytes.count))
  }

  func freeLists() {
    curl_slist_free_all(headers)
    curl_slist_free_all(connectTo)
    headers = nil
    connectTo = nil
  }

  // MARK: - Callbacks

  private static let receiveBody: ccurl_bytes_callback = { bytes, size, count, context in
    guard let context, let bytes else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
  }

  private static let receiveHeader: ccurl_bytes_callback = { bytes, size, count, context in
    guard let context, let bytes else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    transfer.head.append(line: UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
  }

  private static let aboutToSend: ccurl_request_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().mayStart()
      ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
  }

  private func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard body.count + bytes.count <= responseBytesMax else {
      isOversized = true
      return 0
    }
    body += bytes
    return bytes.count
  }

  /// libcurl asks before each attempt, its own silent repetitions included: this is where those end for writes (fault
  /// RS17).
  private func mayStart() -> Bool {
    starts += 1
    head = ResponseHead()
    body = []
    return starts == 1 || pending.request.isRead
  }
}

// MARK: - Results

extension CurlTransfer {
  /// Where the connection went, when there was one.
  var address: String? {
    guard let text = ccurl_primary_address(handle) else { return nil }
    let address = String(cString: text)
    return address.isEmpty ? nil : address
  }

  func couldNotResolve(_ code: Int32) -> Bool { code == Int32(CURLE_COULDNT_RESOLVE_HOST.rawValue) }

  func result(code: Int32, wallMicroseconds: Int64) -> HTTPResult {
    guard code == 0 else { return failure(reason(code)) }
    return .response(
      HTTPResponse(
        status: ccurl_status(handle), body: body, retryAfter: head.retryAfter(wallMicroseconds: wallMicroseconds),
        usedWeight: head.usedWeight))
  }

  func abandoned() -> HTTPResult { failure("the REST client was stopped") }

  /// Not sent only when that is certain: never started, or not one byte handed to a connection in a single attempt.
  private func failure(_ reason: String) -> HTTPResult {
    let text = "\(pending.request.label): \(reason)"
    let isUnsent = starts == 0 || (starts == 1 && ccurl_request_bytes(handle) == 0)
    return isUnsent ? .notSent(text, retryAfter: nil) : .lost(text)
  }

  private func reason(_ code: Int32) -> String {
    if isOversized || code == Int32(CURLE_FILESIZE_EXCEEDED.rawValue) {
      return "the answer is larger than \(responseBytesMax) bytes"
    }
    if starts > 1, !pending.request.isRead {
      return "the connection ended after the request was sent; it is not sent again"
    }
    switch CURLcode(rawValue: UInt32(bitPattern: code)) {
    case CURLE_OPERATION_TIMEDOUT: return starts == 0 ? "no connection in time" : "no answer in time"
    case CURLE_COULDNT_RESOLVE_HOST: return "the venue's host name cannot be resolved"
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER:
      return "TLS refused: \(connectionDetail(code))"
    case CURLE_COULDNT_CONNECT: return connectionDetail(code)
    default: return String(cString: curl_easy_strerror(CURLcode(rawValue: UInt32(bitPattern: code))))
    }
  }

  /// libcurl's own words; only used for failures before the request exists, so it cannot quote from it.
  private func connectionDetail(_ code: Int32) -> String {
    let detail = String(cString: errorText)
    return detail.isEmpty ? String(cString: curl_easy_strerror(CURLcode(rawValue: UInt32(bitPattern: code)))) : detail
  }
}
