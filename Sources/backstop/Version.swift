/// The version in `--version`, `/metrics` and the database.
enum Version {
  static let text = "0.1.0"
}
