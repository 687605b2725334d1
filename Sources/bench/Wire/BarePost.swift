import CCurl
import EventLoop
import Foundation

/// One libcurl handle that posts the same bytes over and over, on a thread of its own.
final class BarePost: @unchecked Sendable {
  // Unchecked because the handle belongs to the worker once it is set up; the times are locked.
  private let handle: UnsafeMutableRawPointer
  private let headers: UnsafeMutablePointer<curl_slist>?
  private let worker: WorkerThread

  init(url: String, caFile: String, apiKey: String, body: [UInt8]) throws {
    guard let handle = curl_easy_init() else { throw BenchmarkFailure("no curl handle") }
    self.handle = handle
    worker = try WorkerThread(name: "bare post", capacity: 16)
    var list = curl_slist_append(nil, "Content-Type: application/x-www-form-urlencoded")
    list = curl_slist_append(list, "X-MBX-APIKEY: \(apiKey)")
    headers = list
    let discard: ccurl_bytes_callback = { _, size, count, _ in size * count }
    let request: ccurl_request_callback = { _, _, _, _, _ in 0 }
    var result = ccurl_set_text(handle, CURLOPT_URL, url)
    result |= ccurl_set_text(handle, CURLOPT_CAINFO, caFile)
    result |= ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    result |= ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
    result |= ccurl_set_body(handle, body, body.count)
    result |= ccurl_set_callbacks(handle, handle, discard, discard, request)
    guard result == 0 else { throw BenchmarkFailure("curl options were refused") }
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
  }

  /// Posts once; `done` gets the microseconds that it took, or nil.
  func post(_ done: @escaping @Sendable (Double?) -> Void) {
    _ = worker.submit { [self] in
      let start = Stopwatch.nanoseconds
      let isDone = curl_easy_perform(handle) == CURLE_OK
      done(isDone ? Double(Stopwatch.nanoseconds - start) / 1000 : nil)
    }
  }

  func stop() {
    worker.stop()
    worker.join()
  }
}
