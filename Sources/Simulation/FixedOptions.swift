/// The options of a world that runs: read at every turn and never changed. Kept once and apart, so that neither reading
/// one of them nor moving who reads them copies all the others.
final class FixedOptions: Sendable {
  let value: WorldOptions

  init(_ value: WorldOptions) { self.value = value }
}
