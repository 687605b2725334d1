/// One SQL statement with its bind values.
///
/// The text is a `StaticString`: it stands in our source as it is sent, so nothing that a venue or a stranger chose can
/// become SQL (SE03). Texts from files under `sql/` use `init(file:)`.
public struct Statement: Sendable {
  /// What the statement is for; appears in errors.
  public let label: String
  let text: String
  public let values: [BindValue]

  public init(_ label: String, _ sql: StaticString, _ values: [BindValue] = []) {
    self.label = label
    text = sql.description
    self.values = values
  }

  /// For trusted text that ships with the binary (migrations, checks), never for text from outside.
  public init(file label: String, text: String, _ values: [BindValue] = []) {
    self.label = label
    self.text = text
    self.values = values
  }
}
