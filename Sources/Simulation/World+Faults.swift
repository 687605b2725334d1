import PaperVenue
import Trading

// Faults that come by themselves, at times that the seed draws.
extension World {
  /// Classes that strike at moments; the others hit requests and events as they pass.
  static let striking: Set<FaultClass> = [
    .streamCut, .streamStall, .throttle, .mirrorDown, .legLoss, .triggerFailure, .marketClosed, .filterChange, .crash,
    .rotation, .twoWriters, .forgottenOrder,
  ]

  mutating func scheduleFault(_ fault: FaultClass) {
    guard Self.striking.contains(fault), let strength = options.faults[fault] else { return }
    if fault == .crash, !options.crashPoints.isEmpty { return }
    // 1000 ‰: every 3 s on average; 10 ‰: once or twice in a minute.
    let mean: Duration =
      strength >= 1000 ? .seconds(3) : strength >= 200 ? .seconds(8) : strength >= 80 ? .seconds(15) : .seconds(30)
    let span = options.extras.always == fault ? fault.pauseAlways : mean * 2
    heap.push(.fault(fault), at: now + tape.duration(.milliseconds(50), span, about: .fault(fault)))
  }

  mutating func strike(_ fault: FaultClass) {
    guard faultsAct else { return }
    scheduleFault(fault)
    // A fault of one symbol strikes the second one as well, unless that is to stay healthy.
    let isElsewhere =
      fault.strikesOneSymbol && markets.count > 1 && markets[1].options.has(fault)
      && tape.chance(perMille: 400, about: .fault(fault))
    look(at: isElsewhere ? 1 : 0) { $0.hit(fault) }
  }

  mutating func hit(_ fault: FaultClass) {
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
      let until = max(now + lasting(length, fault), throttledUntil ?? now)
      throttledUntil = until
      heap.push(.faultEnds(.throttle, nil), at: until)
    case .mirrorDown:
      mirror.isDown = true
      heap.push(
        .faultEnds(.mirrorDown, nil),
        at: now + lasting(tape.duration(.milliseconds(100), .seconds(20), about: .fault(fault)), fault))
    case .legLoss: loseLeg()
    case .triggerFailure:
      let fate: TriggerFate =
        tape.chance(perMille: 600, about: .fault(fault))
        ? .expires(tape.pick([.insufficientLiquidity, .priceRange], about: .fault(fault)))
        : .stays
      exchange.setTriggerFate(options.extras.hangingTriggers ? .hangs : fate, of: symbol)
      let most: Duration = options.extras.hangingTriggers ? .seconds(30) : .seconds(5)
      heap.push(
        .faultEnds(.triggerFailure, place),
        at: now + lasting(tape.duration(.milliseconds(200), most, about: .fault(fault)), fault))
    case .marketClosed:
      exchange.setStatus(tape.pick([.halt, .breakTrading, .cancelOnly], about: .fault(fault)), of: symbol)
      heap.push(
        .faultEnds(.marketClosed, place),
        at: now + lasting(tape.duration(.milliseconds(500), .seconds(10), about: .fault(fault)), fault))
    case .filterChange: changeFilters()
    case .crash: if crashesLeft > 0, guardian != nil { crash("at a moment") }
    case .rotation: rotate()
    case .twoWriters: takeOver()
    case .forgottenOrder: forgetOrder()
    case .eventLoss, .eventCopies, .eventDelay, .requestLoss, .replyLoss, .serverError, .slowRequests, .staleReads,
      .failedReads, .mirrorLag, .clockSkew, .blockedPage, .retention:
      break
    }
  }

  /// Whether there is anything for the fault to strike.
  func finds(_ fault: FaultClass) -> Bool {
    switch fault {
    case .streamCut, .streamStall, .rotation: guardian?.connection.map { connections[$0].state == .open } ?? false
    case .crash: guardian != nil && crashesLeft > 0
    case .twoWriters: guardian?.hasRead == true && stale == nil
    case .legLoss: exchange.openOrders(of: Self.account, symbol).contains { truth.isOwn($0) }
    case .forgottenOrder: !forgettable.isEmpty
    default: true
    }
  }

  /// How long a strike lasts: a class that always acts does so until the world heals.
  private func lasting(_ drawn: Duration, _ fault: FaultClass) -> Duration {
    options.extras.always == fault ? max(drawn, options.activePeriod - (now - Instant(nanoseconds: 0))) : drawn
  }

  /// A new connection beside the one that lives; now and then the old one does not wait for it.
  private mutating func rotate() {
    guard let id = guardian?.connection else { return }
    heap.push(.connect(incarnation: incarnation, failures: 0), at: now)
    guard tape.chance(perMille: 400, about: .fault(.rotation)) else { return }
    // The end of one may be noticed when the next has opened already.
    let most: Duration = options.extras.atEntries == nil ? .milliseconds(40) : .seconds(2)
    cut(id, "server shutdown", noticedAfter: tape.duration(.zero, most, about: .fault(.rotation)))
  }

  /// - Parameter at: the connection or the symbol that it struck.
  mutating func end(_ fault: FaultClass, _ at: Int?) {
    if fault.strikesOneSymbol, place != at ?? 0 { return look(at: at ?? 0) { $0.end(fault, at) } }
    referee.stands(fault, at: now)
    trace.note(now, 41, 0, "fault over: \(fault.rawValue)")
    switch fault {
    case .throttle: if let until = throttledUntil, now >= until { throttledUntil = nil }
    case .mirrorDown:
      mirror.isDown = false
      mirror.commit()
      mirrorIsBack()
    case .triggerFailure: triggersWork()
    case .marketClosed: exchange.setStatus(.trading, of: symbol)
    case .streamStall:
      guard let connection = at else { return }
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
    let legs = exchange.openOrders(of: Self.account, symbol).filter { truth.isOwn($0) }
    guard !legs.isEmpty else { return }
    let leg = tape.pick(legs)
    let outcome =
      tape.chance(perMille: 700)
      ? exchange.expire(Self.account, leg.key, at: venueTime)
      : exchange.expireInMatch(Self.account, leg.key, at: venueTime)
    settle(outcome.events)
    guard options.extras.silentSiblings, let list = leg.listID,
      let sibling = exchange.openOrders(of: Self.account, symbol).first(where: { $0.listID == list })
    else { return }
    // The bus forgets the second of two ends.
    isMute = true
    settle(exchange.expire(Self.account, sibling.key, at: venueTime).events)
    isMute = false
  }

  /// Triggers go to work again, and what hangs is filled.
  mutating func triggersWork() {
    exchange.setTriggerFate(.executes, of: symbol)
    for order in exchange.openOrders(of: Self.account, symbol) where order.hangs {
      settle(exchange.fill(Self.account, order.key, isMaker: false, at: venueTime).events)
    }
  }

  private mutating func changeFilters() {
    guard var filters = exchange.rules(of: symbol)?.filters else { return }
    // Many small pieces need their slots.
    switch tape.number(0...(options.extras.venue.contains(.smallMarketLots) ? 1 : 2)) {
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

extension FaultClass {
  /// The longest pause between two strikes of a class that always acts.
  fileprivate var pauseAlways: Duration {
    switch self {
    case .legLoss, .filterChange: .milliseconds(400)
    case .rotation: .seconds(1)
    default: .seconds(3)
    }
  }
}

extension PaperOrder {
  /// A conditional order that went to work and should have sold at market by now.
  var hangs: Bool { isWorking && (type == .stopLoss || type == .takeProfit) }
}
