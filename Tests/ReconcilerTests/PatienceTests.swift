import Reconciler
import Testing
import Trading
import Venue

/// How long is waited for what only passes by itself.
struct PatienceTests {
  @Test func `after five rate limits of one second each the next try follows the last by one second`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    for round in 1...5 {
      let (id, _) = venue.pending.removeFirst()
      venue.feed(.outcome(id: id, .rejected(Rejection(.rateLimited, code: -1003, retryAfter: .seconds(1)))))
      venue.advance(.milliseconds(999))
      #expect(venue.sent.count == round)
      venue.advance(.milliseconds(1))
      #expect(venue.sent.count == round + 1)
    }
  }

  @Test func `a position that waits for a closed market asks every 2 s whether it has opened`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    var closed = ScriptedVenue.instrument
    closed.status = .halted
    venue.feed(.instruments([closed]))
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.isEmpty)
    venue.advance(.seconds(2))
    venue.feed(.instruments([closed]))
    venue.advance(.seconds(2))
    #expect(venue.instrumentsAsked == 2)
    venue.feed(.instruments([ScriptedVenue.instrument]))
    #expect(venue.sent.count == 1)
  }

  @Test func `a reading dated 900 ms too late does not beat the balances of a fill that follows it`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.seconds(15))
    venue.venueTime = venue.venueTime + .milliseconds(900)
    venue.answerSnapshots()
    venue.venueTime = venue.venueTime + .milliseconds(-800)
    venue.enter("0.1", at: "60000", id: "bot2")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.1998")
  }

  @Test func `without a stream an account that holds nothing is read every 4 s`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.streamLost(epoch: 1, reason: "cut"))
    venue.enter("0.1", at: "60000", tell: false)
    venue.advance(.seconds(4))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }
}
