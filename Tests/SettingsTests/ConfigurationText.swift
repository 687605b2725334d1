import Settings

/// A small valid configuration, and how to break it in one place.
enum ConfigurationText {
  static let paper = """
    environment: paper
    state_dir: state
    venue:
      endpoints:
        rest: https://127.0.0.1:8443
        websocket_api: wss://127.0.0.1:8443/ws-api/v3
        ca_file: ca.pem
    accounts:
      - name: main
        key:
          kind: hmac
          api_key_env: API_KEY
          secret_env: API_SECRET
        brackets:
          default:
            stop: 1%
            take_profits:
              - at: 1%
                share: 50%
              - at: 2%
                share: 50%
    """

  static let live = """
    environment: live
    state_dir: /var/lib/backstop
    accounts:
      - name: main
        key: {kind: ed25519, api_key_file: key, secret_file: key.pem}
    """

  static func problems(_ text: String) -> [ConfigurationProblem] {
    do {
      _ = try BackstopConfiguration.parse(text, directory: "/etc/backstop")
      return []
    } catch {
      return error.problems
    }
  }

  /// The problems after one text replacement in the valid paper configuration.
  static func problems(replacing old: String, with new: String) -> [ConfigurationProblem] {
    precondition(paper.contains(old), "the valid text has no '\(old)'")
    return problems(paper.replacing(old, with: new, maxReplacements: 1))
  }
}
