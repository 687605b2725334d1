import Trading

/// The places of names, in the order in which they came. A venue that is played lists a handful of symbols for a
/// handful of accounts: to look through names that bring their hash is quicker than to hash one anew.
struct Roster<Name: HashedTextIdentifier>: Sendable {
  private var names: [Name] = []

  subscript(name: Name) -> Int? { names.firstIndex(of: name) }

  mutating func append(_ name: Name) { names.append(name) }
}
