import Foundation
import TestSupport
import Testing
import Trading

@testable import Binance

/// What the reader accepts, and what it refuses with which reason.
struct JSONReaderTests {
  private func skipAll(_ text: [UInt8]) throws(MalformedMessage) {
    try text[...].readingJSON { (reader) throws(MalformedMessage) in _ = try reader.skip() }
  }

  private func string(_ text: String) throws(MalformedMessage) -> String {
    try bytes(text)[...].readingJSON { (reader) throws(MalformedMessage) in try reader.text().string }
  }

  private func integer(_ text: String) throws(MalformedMessage) -> Int64 {
    try bytes(text)[...].readingJSON { (reader) throws(MalformedMessage) in try reader.integer() }
  }

  private func decimal(_ text: String) throws(MalformedMessage) -> FixedDecimal {
    try bytes(text)[...].readingJSON { (reader) throws(MalformedMessage) in try reader.decimal() }
  }

  @Test(arguments: Fixture.all()) func `every fixture is well-formed`(_ fixture: Fixture) throws {
    try skipAll(fixture.bytes)
  }

  @Test(arguments: [
    #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u4e2d""#, #""\ud83d\ude00""#, "\"这是测试币456\"",
    "\"\u{7F}😀\"",
  ]) func `a string means what JSONDecoder says it means`(_ text: String) throws {
    #expect(try string(text) == JSONDecoder().decode(String.self, from: Data(text.utf8)))
  }

  @Test(arguments: [
    (#""\ud83d""#, MalformedMessage.Reason.loneSurrogate), (#""\ude00\ud83d""#, .loneSurrogate),
    (#""\ud83dx""#, .loneSurrogate), (#""\ud83d\u0041""#, .loneSurrogate), (#""\x""#, .invalidEscape),
    (#""\u12g4""#, .invalidEscape), (#""\u12"#, .truncated), (#""abc"#, .truncated), ("\"a\nb\"", .controlCharacter),
  ]) func `a bad string is refused with its reason`(_ text: String, _ reason: MalformedMessage.Reason) {
    #expect { try string(text) } throws: { ($0 as? MalformedMessage)?.reason == reason }
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0x80],
      [0xF5, 0x80, 0x80, 0x80],
    ] as [[UInt8]]) func `invalid UTF-8 is refused even in a string that is skipped`(_ content: [UInt8])
  {
    let text = bytes("{\"a\":\"") + content + bytes("\"}")
    #expect { try skipAll(text) } throws: { ($0 as? MalformedMessage)?.reason == .invalidUTF8 }
  }

  @Test func `UTF-8 is judged as the standard library judges it, over 200 000 random byte strings`() {
    var random = SeededGenerator(seed: 18)
    let alphabet: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE4, 0xED, 0xEF, 0xF0, 0xF3, 0xF4,
      0xF5,
    ]
    for _ in 0..<200_000 {
      let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let verdict = text.withUnsafeBytes { JSONReader.isUTF8($0) }
      #expect(verdict == (String(validating: text, as: UTF8.self) != nil), "\(text)")
    }
  }

  @Test(arguments: [
    ("0", 0), ("-1", -1), ("1763700001010", 1_763_700_001_010), ("\"42\"", 42), ("9223372036854775807", Int64.max),
    ("-9223372036854775808", Int64.min), ("\"007\"", 7),
  ]) func `an integer is read, bare or in quotes`(_ text: String, _ value: Int64) throws {
    #expect(try integer(text) == value)
  }

  @Test(arguments: [
    "1.0", "1e3", "007", "-", "", "\"\"", "\"1", "1x", "9223372036854775808", "99999999999999999999", "NaN",
  ])
  func `what is no 64-bit integer is refused`(_ text: String) {
    #expect(throws: MalformedMessage.self) { try integer(text) }
  }

  @Test(arguments: [
    "1e-7", "\"1e-7\"", "NaN", "\"NaN\"", "Infinity", "\"\"", "\".5\"", "\"5.\"", "\"-\"", "\"1.2.3\"", "\"+1\"",
    "\" 1\"", "1.", "00.1",
    "\"1234567890123456789\"", "\"0.0000000000000000001\"", "null", "true", "\"0x10\"", "\"1,5\"",
  ]) func `what is no plain decimal is refused`(_ text: String) {
    #expect(throws: MalformedMessage.self) { try decimal(text) }
  }

  @Test func `a decimal is exactly what FixedDecimal reads, over 100 000 random texts`() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<100_000 {
      let whole = (0..<Int.random(in: 1...19, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random))
      }
      let places = Int.random(in: 0...20, using: &random)
      let fraction = (0..<places).map { $0 > 15 ? "0" : String(Int.random(in: 0...9, using: &random)) }
      let sign = Bool.random(using: &random) ? "-" : ""
      let text = sign + whole.joined() + (places > 0 ? "." + fraction.joined() : "")
      #expect((try? decimal("\"\(text)\"")) == FixedDecimal(text), "\(text)")
    }
  }

  @Test func `32 levels are read and 33 are refused`() throws {
    let deepest = JSONReader.depthMax
    try skipAll(bytes(String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)))
    let tooDeep = bytes(String(repeating: "[", count: 1_000_000))
    #expect { try skipAll(tooDeep) } throws: { ($0 as? MalformedMessage)?.reason == .tooDeep }
  }

  @Test(arguments: [
    "", " ", "{", "[", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[,1]", "{,}", "[1 2]",
    "{\"a\":1 \"b\":2}", "tru", "nul",
    "1 2", "{}{}", "{a:1}", "{'a':1}", "[01]", "[1.]", "[.1]", "[1e]", "[+1]", "[--1]", "[NaN]", "\u{FEFF}{}",
  ]) func `what is no JSON is refused`(_ text: String) {
    #expect(throws: MalformedMessage.self) { try skipAll(bytes(text)) }
  }

  @Test func `mutated and truncated messages never trap, and what is accepted JSONSerialization accepts too`() {
    var random = SeededGenerator(seed: 21)
    let fixtures = Fixture.all().map(\.bytes).filter { $0.count < 2000 }
    // No "e": JSONSerialization refuses numbers beyond Double, and the grammar does not.
    let spices: [UInt8] = Array("{}[]\",:\\u0-+.tfn \n".utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xE4, 0xFF]
    var accepted = 0
    for _ in 0..<20_000 {
      var text = fixtures.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &random) where !text.isEmpty {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: text[place] = spices.randomElement(using: &random) ?? 0
        case 1: text.insert(spices.randomElement(using: &random) ?? 0, at: place)
        case 2: text.remove(at: place)
        default: text.removeSubrange(place...)
        }
      }
      guard (try? skipAll(text)) != nil else { continue }
      accepted += 1
      let object = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
      #expect(object != nil, "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(accepted > 1000)
  }
}
