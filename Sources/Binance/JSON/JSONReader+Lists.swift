extension JSONReader {
  /// Reads a whole array, each element with `element`.
  mutating func array<Element>(
    _ element: (inout JSONReader) throws(MalformedMessage) -> Element
  ) throws(MalformedMessage) -> [Element] {
    var elements: [Element] = []
    try beginArray()
    while try nextElement() { elements.append(try element(&self)) }
    return elements
  }
}
