import Trading

/// A key that brings a hash of its own, made once or nearly for free. `Dictionary` would hash a symbol's text anew at
/// every look-up, and one event looks up some forty times. Only for keys that the venue chooses: nobody else can make
/// them collide.
protocol TableKey: Hashable, Sendable {
  var tableHash: UInt64 { get }
}

extension Symbol: TableKey {
  var tableHash: UInt64 { textHash }
}

extension Asset: TableKey {
  var tableHash: UInt64 { textHash }
}

extension OrderKey: TableKey {
  /// The number alone: two symbols seldom share one. Spread by the golden ratio, since numbers come in rows.
  var tableHash: UInt64 { UInt64(bitPattern: venueOrderID.number) &* 0x9e37_79b9_7f4a_7c15 }
}

/// A dictionary of the hot path: a look-up costs some twenty instructions. Open addressing with linear probing over
/// places in dense arrays.
///
/// A large value is best read and changed where it lies, by its place: `table.values[place].field`. The subscript by
/// key copies it out.
struct KeyTable<Key: TableKey, Value: Sendable>: Sendable {
  /// By place, in an order that must not reach a decision.
  private(set) var keys: [Key] = []
  var values: [Value] = []
  /// Places by hash: a power of two, of which at most three quarters are taken.
  private var buckets: [Int32] = []

  private static var free: Int32 { -1 }

  var count: Int { keys.count }
  var isEmpty: Bool { keys.isEmpty }

  func contains(_ key: Key) -> Bool { place(of: key) != nil }

  /// Where a key's value is, valid until any value is removed.
  func place(of key: Key) -> Int? {
    guard !buckets.isEmpty else { return nil }
    let mask = buckets.count - 1
    var bucket = Self.home(of: key, mask)
    while true {
      let place = buckets[bucket]
      guard place != Self.free else { return nil }
      if keys[Int(place)] == key { return Int(place) }
      bucket = (bucket + 1) & mask
    }
  }

  subscript(key: Key) -> Value? {
    @inline(__always) get { place(of: key).map { values[$0] } }
    set {
      guard let newValue else { return remove(key) }
      if let place = place(of: key) { values[place] = newValue } else { _ = add(key, newValue) }
    }
  }

  subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
    @inline(__always) get { place(of: key).map { values[$0] } ?? fallback() }
    @inline(__always) _modify {
      let place = place(of: key) ?? add(key, fallback())
      yield &values[place]
    }
  }

  /// The place of a key's value, which is `fallback` if it had none.
  mutating func place(of key: Key, default fallback: @autoclosure () -> Value) -> Int {
    place(of: key) ?? add(key, fallback())
  }

  @discardableResult
  mutating func removeValue(forKey key: Key) -> Value? {
    guard let place = place(of: key) else { return nil }
    let value = values[place]
    remove(key)
    return value
  }

  // MARK: - Buckets

  private static func home(of key: Key, _ mask: Int) -> Int {
    let hash = key.tableHash
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
  }

  private mutating func add(_ key: Key, _ value: Value) -> Int {
    if (keys.count + 1) * 4 > buckets.count * 3 { grow() }
    keys.append(key)
    values.append(value)
    file(keys.count - 1)
    return keys.count - 1
  }

  private mutating func file(_ place: Int) {
    let mask = buckets.count - 1
    var bucket = Self.home(of: keys[place], mask)
    while buckets[bucket] != Self.free { bucket = (bucket + 1) & mask }
    buckets[bucket] = Int32(place)
  }

  private mutating func grow() {
    buckets = [Int32](repeating: Self.free, count: max(8, buckets.count * 2))
    for place in keys.indices { file(place) }
  }

  private mutating func remove(_ key: Key) {
    guard let place = place(of: key) else { return }
    closeGap(at: bucket(of: place))
    let last = keys.count - 1
    if place != last { buckets[bucket(of: last)] = Int32(place) }
    // The last one moves into the empty place.
    let (lastKey, lastValue) = (keys.removeLast(), values.removeLast())
    guard place != last else { return }
    keys[place] = lastKey
    values[place] = lastValue
  }

  private func bucket(of place: Int) -> Int {
    let mask = buckets.count - 1
    var bucket = Self.home(of: keys[place], mask)
    while buckets[bucket] != Int32(place) { bucket = (bucket + 1) & mask }
    return bucket
  }

  /// Frees a bucket; whoever of the row behind it would be found there as well moves up.
  private mutating func closeGap(at freed: Int) {
    let mask = buckets.count - 1
    var gap = freed
    var bucket = (gap + 1) & mask
    while buckets[bucket] != Self.free {
      let home = Self.home(of: keys[Int(buckets[bucket])], mask)
      if (bucket - home) & mask >= (bucket - gap) & mask {
        buckets[gap] = buckets[bucket]
        gap = bucket
      }
      bucket = (bucket + 1) & mask
    }
    buckets[gap] = Self.free
  }
}
