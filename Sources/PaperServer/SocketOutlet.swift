import NIOCore
import NIOWebSocket

/// The sending half of one WebSocket. A consumer that does not read is cut before it fills the memory.
final class SocketOutlet {
  /// Unsent bytes per socket. A burst of ten thousand events is about 8 MiB; a reader that is further behind is gone.
  static let unsentBytesMax = 16 << 20

  private let channel: any Channel
  private var unsent = 0
  private var isClosing = false

  init(_ channel: any Channel) { self.channel = channel }

  func send(text: [UInt8]) {
    guard unsent + text.count <= Self.unsentBytesMax else {
      cut()
      return
    }
    write(.text, text)
  }

  func ping(_ payload: [UInt8]) { write(.ping, payload) }
  func pong(_ payload: ByteBuffer) { write(.pong, Array(payload.readableBytesView)) }

  /// A close frame, then the end of the connection.
  func close(_ code: WebSocketErrorCode) {
    guard !isClosing else { return }
    isClosing = true
    var data = channel.allocator.buffer(capacity: 2)
    data.write(webSocketErrorCode: code)
    let channel = channel
    channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)).whenComplete { _ in
      channel.close(promise: nil)
    }
  }

  /// The end without a word, as when a line breaks.
  func cut() {
    isClosing = true
    channel.close(promise: nil)
  }

  private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) {
    guard !isClosing else { return }
    var data = channel.allocator.buffer(capacity: bytes.count)
    data.writeBytes(bytes)
    unsent += bytes.count
    let size = bytes.count
    let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
    channel.writeAndFlush(WebSocketFrame(fin: true, opcode: opcode, data: data)).whenComplete { _ in
      bound.value.unsent -= size
    }
  }
}
