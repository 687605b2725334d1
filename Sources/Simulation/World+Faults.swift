import PaperVenue
import Trading

// Faults that come by themselves, at times that the seed draws.
extension World {
  /// Classes that strike at moments; the others hit requests and events as they pass.
  private static let striking: Set<FaultClass> = [
    .streamCut, .streamStall, .throttle, .mirrorDown, .legLoss, .triggerFailure, .marketClosed, .filterChange, .crash,
  ]

  mutating func scheduleFault(_ fault: FaultClass) {
    guard Self.striking.contains(fault), let strength = options.faults[fault] else { return }
    if fault == .crash, !options.crashPoints.isEmpty { return }
    // 1000 ‰: every 3 s on average; 10 ‰: once or twice in a minute.
    let mean: Duration =
      strength >= 1000 ? .seconds(3) : strength >= 200 ? .seconds(8) : strength >= 80 ? .seconds(15) : .seconds(30)
    heap.push(.fault(fault), at: now + tape.duration(.milliseconds(50), mean * 2, about: .fault(fault)))
  }

  mutating func strike(_ fault: FaultClass) {
    guard faultsAct else { return }
    scheduleFault(fault)
    guard finds(fault) else { return }
    mischief(fault)
    trace.note(now, 40, 0, "FAULT \(fault.rawValue)")
    switch fault {
    case .streamCut: cutStream()
    case .streamStall: stallStream()
    case .throttle:
      // A ban that was announced is not shortened by what follows it.
      let isBanned = isBan && throttledUntil.map { now < $0 } == true
      isBan = tape.chance(perMille: 300, about: .fault(fault)) || isBanned
      let length = tape.duration(.milliseconds(200), isBan ? .seconds(20) : .seconds(6), about: .fault(fault))
      let until = max(now + length, throttledUntil ?? now)
      throttledUntil = until
      heap.push(.faultEnds(.throttle, nil), at: until)
    case .mirrorDown:
      mirror.isDown = true
      heap.push(
        .faultEnds(.mirrorDown, nil), at: now + tape.duration(.milliseconds(100), .seconds(20), about: .fault(fault)))
    case .legLoss: loseLeg()
    case .triggerFailure:
      let fate: TriggerFate =
        tape.chance(perMille: 600, about: .fault(fault))
        ? .expires(tape.pick([.insufficientLiquidity, .priceRange], about: .fault(fault))) : .stays
      exchange.setTriggerFate(fate, of: symbol)
      heap.push(
        .faultEnds(.triggerFailure, nil), at: now + tape.duration(.milliseconds(200), .seconds(5), about: .fault(fault))
      )
    case .marketClosed:
      exchange.setStatus(tape.pick([.halt, .breakTrading, .cancelOnly], about: .fault(fault)), of: symbol)
      heap.push(
        .faultEnds(.marketClosed, nil), at: now + tape.duration(.milliseconds(500), .seconds(10), about: .fault(fault)))
    case .filterChange: changeFilters()
    case .crash: if crashesLeft > 0, guardian != nil { crash("at a moment") }
    case .eventLoss, .eventCopies, .eventDelay, .requestLoss, .replyLoss, .serverError, .slowRequests, .staleReads,
      .failedReads, .mirrorLag, .clockSkew:
      break
    }
  }

  /// Whether there is anything for the fault to strike.
  private func finds(_ fault: FaultClass) -> Bool {
    switch fault {
    case .streamCut, .streamStall: guardian?.connection.map { connections[$0].state == .open } ?? false
    case .crash: guardian != nil && crashesLeft > 0
    case .legLoss: exchange.openOrders(of: Self.account, symbol).contains { truth.isOwn($0.clientOrderID) }
    default: true
    }
  }

  mutating func end(_ fault: FaultClass, _ connection: Int?) {
    referee.mischief(fault, at: now)
    trace.note(now, 41, 0, "fault over: \(fault.rawValue)")
    switch fault {
    case .throttle: if let until = throttledUntil, now >= until { throttledUntil = nil }
    case .mirrorDown:
      mirror.isDown = false
      mirror.commit()
      mirrorIsBack()
    case .triggerFailure: exchange.setTriggerFate(.executes, of: symbol)
    case .marketClosed: exchange.setStatus(.trading, of: symbol)
    case .streamStall:
      guard let connection else { return }
      connections[connection].isSilent = false
      if connections[connection].isBlackhole { cut(connection, "blackhole noticed", noticedAfter: .zero) }
    default: break
    }
  }

  private mutating func cutStream() {
    guard let id = guardian?.connection else { return }
    cut(id, "cut", noticedAfter: tape.duration(.zero, tape.pick([.milliseconds(40), .milliseconds(40), .seconds(2)])))
  }

  private mutating func stallStream() {
    guard let id = guardian?.connection, connections[id].state == .open else { return }
    if tape.chance(perMille: 500) {
      connections[id].isBlackhole = true
      // Ping 4 s, pong 3 s, grace 2 s: noticed within T_stall.
      heap.push(.faultEnds(.streamStall, id), at: now + tape.duration(.seconds(3), .seconds(9)))
    } else {
      connections[id].isSilent = true
      heap.push(.faultEnds(.streamStall, id), at: now + tape.duration(.milliseconds(300), .seconds(40)))
    }
  }

  /// The venue ends one of our legs on its own.
  private mutating func loseLeg() {
    let legs = exchange.openOrders(of: Self.account, symbol).filter { truth.isOwn($0.clientOrderID) }
    guard !legs.isEmpty else { return }
    let leg = tape.pick(legs)
    let outcome =
      tape.chance(perMille: 700)
      ? exchange.expire(Self.account, leg.key, at: venueTime)
      : exchange.expireInMatch(Self.account, leg.key, at: venueTime)
    settle(outcome.events)
  }

  private mutating func changeFilters() {
    guard var filters = exchange.rules(of: symbol)?.filters else { return }
    switch tape.number(0...2) {
    case 0: filters.notionalMin = tape.pick(["5", "10", "20", "100"])
    case 1:
      filters.stepSize = tape.pick(["0.00001", "0.0001", "0.001"])
      filters.quantityMin = filters.stepSize
    default: filters.algoOrdersMax = Int(tape.pick([5, 6, 10]))
    }
    exchange.setFilters(filters, of: symbol)
    referee.filtersChanged(filters)
  }
}
