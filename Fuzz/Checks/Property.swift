/// A property that must hold for every input. What breaks one is a finding like a crash: libFuzzer keeps the input.
/// (`fatalError`, because an optimized build drops the text of `preconditionFailure`.)
public enum Property {
  /// - Parameter name: what was promised; it is the crash's message.
  public static func holds(
    _ condition: @autoclosure () -> Bool, _ name: @autoclosure () -> String, file: StaticString = #file,
    line: UInt = #line
  ) {
    guard !condition() else { return }
    fatalError("broken property: \(name())", file: file, line: line)
  }
}
