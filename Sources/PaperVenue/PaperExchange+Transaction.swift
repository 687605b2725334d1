import Trading

// One mutation from its first change to its list of events.

extension PaperExchange {
  mutating func transact<Value: Sendable>(
    at time: Timestamp, _ body: (inout PaperExchange) throws(PaperError) -> Value
  ) -> PaperOutcome<Value> {
    now = time
    emitted.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
    var result: Result<Value, PaperError>
    do throws(PaperError) {
      result = .success(try body(&self))
    } catch {
      result = .failure(error)
    }
    emitPositions()
    let events = emitted
    emitted = []
    return PaperOutcome(result: result, events: events)
  }

  private mutating func emitPositions() {
    guard !touched.isEmpty else { return }
    var positions: [PaperEvent] = []
    for (account, assets) in touched {
      accounts[account].updatedAt = now
      let balances = assets.map { accounts[account].balances[$0] }
      positions.append(
        PaperEvent(account: accounts[account].id, time: now, payload: .accountPosition(balances, updatedAt: now)))
    }
    switch variants.positionFrame {
    case .afterReports: emitted += positions
    case .beforeReports: emitted = positions + emitted
    }
  }

  mutating func touch(_ account: Int, _ asset: Int) {
    for index in touched.indices where touched[index].account == account {
      if !touched[index].assets.contains(asset) { touched[index].assets.append(asset) }
      return
    }
    touched.append((account, [asset]))
  }

  mutating func emit(_ payload: PaperEvent.Payload, for account: Int) {
    emitted.append(PaperEvent(account: accounts[account].id, time: now, payload: payload))
  }

  /// Emits a report of the order as it is now.
  @discardableResult
  mutating func report(
    _ ref: OrderRef, _ execution: ExecutionReport.Execution, clientOrderID: ClientOrderID? = nil,
    originalClientOrderID: ClientOrderID = "", trade: PaperTrade? = nil, prevention: ExecutionReport.Prevention? = nil
  ) -> Int64 {
    let order = self[ref]
    let execution = ExecutionReport(
      order: order, execution: execution, clientOrderID: clientOrderID ?? order.clientOrderID,
      originalClientOrderID: originalClientOrderID, executionID: nextExecutionID, transactedAt: now, trade: trade,
      prevention: prevention)
    nextExecutionID += 1
    emit(.executionReport(execution), for: ref.account)
    return execution.executionID
  }

  /// A client order id for an order that came without one: 22 characters, different for every call.
  mutating func generatedClientOrderID() -> ClientOrderID {
    generatedIDs += 1
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var state = SeededRandom(seed: generatedIDs)
    return ClientOrderID(String(decoding: (0..<22).map { _ in alphabet[Int(state.next() % 62)] }, as: UTF8.self))
  }
}
