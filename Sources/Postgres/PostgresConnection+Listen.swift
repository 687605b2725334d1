import CLibpq
import Glibc

/// A `NOTIFY` that arrived.
public struct Notification: Hashable, Sendable {
  public let channel: String
  public let payload: String
}

extension PostgresConnection {
  /// Waits for notifications on channels this connection listens to.
  ///
  /// Returns what has arrived, which is empty when the wait timed out or when `wakeDescriptor` became readable (so that
  /// another thread can end the wait). Blocks the calling thread.
  public func notifications(waitingMilliseconds: Int32, wakeDescriptor: Int32 = -1)
    throws(PostgresError) -> [Notification]
  {
    try discardingOnError { () throws(PostgresError) in
      let operation = "wait for notifications"
      let handle = try live(operation)
      var found = pending(handle)
      if !found.isEmpty { return found }
      var descriptors = [
        pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&descriptors, 2, waitingMilliseconds)
      if count < 0, errno != EINTR {
        throw PostgresError(.connectionLost, operation: operation, reason: "poll failed, errno \(errno)")
      }
      if count > 0, descriptors[0].revents != 0 {
        try consume(handle, operation)
        found = pending(handle)
      }
      return found
    }
  }

  private func pending(_ handle: OpaquePointer) -> [Notification] {
    var found: [Notification] = []
    while let notify = PQnotifies(handle) {
      found.append(
        Notification(channel: String(cString: notify.pointee.relname), payload: String(cString: notify.pointee.extra)))
      PQfreemem(notify)
    }
    return found
  }
}
