/// One named value of a request. The names are the venue's, so they are known when we compile.
struct RequestParameter: Sendable {
  enum Value: Sendable {
    case text(String)
    /// A JSON integer in a frame.
    case number(Int64)
    /// A JSON list of strings. No signed call has one.
    case list([String])
  }

  let name: StaticString
  let value: Value

  init(_ name: StaticString, _ value: String) { (self.name, self.value) = (name, .text(value)) }
  init(_ name: StaticString, _ value: Int64) { (self.name, self.value) = (name, .number(value)) }
  init(_ name: StaticString, _ value: [String]) { (self.name, self.value) = (name, .list(value)) }
}

extension [RequestParameter] {
  /// Alphabetical by name, as the payload of a WebSocket API signature must be. Insertion sort: the list is short and
  /// the calls are written nearly in order.
  mutating func sortByName() {
    for index in indices.dropFirst() {
      var place = index
      while place > 0, self[place].precedes(self[place - 1]) {
        swapAt(place, place - 1)
        place -= 1
      }
    }
  }
}

extension RequestParameter {
  fileprivate func precedes(_ other: RequestParameter) -> Bool {
    let count = Swift.min(name.utf8CodeUnitCount, other.name.utf8CodeUnitCount)
    for index in 0..<count where name.utf8Start[index] != other.name.utf8Start[index] {
      return name.utf8Start[index] < other.name.utf8Start[index]
    }
    return name.utf8CodeUnitCount < other.name.utf8CodeUnitCount
  }
}
