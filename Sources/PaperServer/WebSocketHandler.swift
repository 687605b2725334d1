import NIOCore
import NIOWebSocket
import Trading

/// The server's side of one upgraded connection: control frames, pings every 20 s, the pong deadline; messages go to
/// the endpoint.
final class WebSocketHandler: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame

  private let outlet: SocketOutlet
  private let endpoint: any WebSocketEndpoint
  private let pingInterval: TimeAmount
  private let pongDeadline: TimeAmount
  private let life: TimeAmount
  private var pingTask: RepeatedTask?
  private var lifeTask: Scheduled<Void>?
  private var lastPong = NIODeadline.now()
  private var pings: UInt64 = 0

  init(outlet: SocketOutlet, endpoint: any WebSocketEndpoint, configuration: PaperServerConfiguration) {
    self.outlet = outlet
    self.endpoint = endpoint
    pingInterval = .nanoseconds(configuration.pingInterval.wholeNanoseconds)
    pongDeadline = .nanoseconds(configuration.pongDeadline.wholeNanoseconds)
    life = .nanoseconds(configuration.connectionLife.wholeNanoseconds)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    lastPong = .now()
    // The task holds the handler until `end` cancels it.
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    pingTask = context.eventLoop.scheduleRepeatedTask(initialDelay: pingInterval, delay: pingInterval) { _ in
      handler.value.ping()
    }
    lifeTask = context.eventLoop.scheduleTask(in: life) { handler.value.outlet.close(.goingAway) }
  }

  private func ping() {
    guard NIODeadline.now() - lastPong < pongDeadline else {
      outlet.cut()
      return
    }
    pings += 1
    outlet.ping(Array(String(pings).utf8))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text, .binary: endpoint.receive(Array(frame.unmaskedData.readableBytesView))
    case .ping: outlet.pong(frame.unmaskedData)
    case .pong: lastPong = .now()
    case .connectionClose: outlet.close(.normalClosure)
    default: outlet.close(.protocolError)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func end() {
    guard let task = pingTask else { return }
    task.cancel()
    pingTask = nil
    lifeTask?.cancel()
    endpoint.ended()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A frame that breaks the protocol, or a line that broke: either way the connection is over.
    context.close(promise: nil)
  }
}
