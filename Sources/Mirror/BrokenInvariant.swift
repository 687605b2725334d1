import Postgres
import Schema

/// A check under `sql/checks` that returned rows.
public struct BrokenInvariant: Hashable, Sendable {
  /// The file's name, e.g. `c01_fill_sums.sql`.
  public let check: String
  /// What should hold: the file's first line.
  public let invariant: String
  public let evidence: MirrorTable
}

extension MirrorReader {
  /// Runs every check; an empty answer means that all invariants hold.
  public func brokenInvariants() throws(MirrorError) -> [BrokenInvariant] {
    var broken: [BrokenInvariant] = []
    do throws(PostgresError) {
      for file in EmbeddedSQL.checks {
        let rows = try session.execute(Statement(file: file.name, text: file.text))
        guard !rows.isEmpty else { continue }
        let firstLine = file.text.prefix { !$0.isNewline }.drop { $0 == "-" || $0 == " " }
        broken.append(
          BrokenInvariant(check: file.name, invariant: String(firstLine), evidence: MirrorTable(rows)))
      }
    } catch { throw .postgres(error) }
    return broken
  }
}
