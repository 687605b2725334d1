import PaperServer
import Signing
import Trading

/// What lets `backstop run` guard a paper venue's account `main` without another word.
enum VenueFiles {
  static func write(_ server: VenueServer, to folder: String) throws {
    guard let key = server.credentials.first(where: { $0.account == "main" && $0.algorithm == .ed25519 }) else {
      return
    }
    try StageFiles.write(key.apiKey + "\n", to: folder + "/api.key")
    try StageFiles.write(key.secret.revealedText(), to: folder + "/ed25519.pem")
    try StageFiles.write(
      """
      # Written by `backstop venue`; every key is explained in ops/backstop.example.yml.
      environment: paper
      venue:
        endpoints:
          rest: https://\(server.tls.host):\(server.tls.port)
          websocket_api: wss://\(server.tls.host):\(server.tls.port)/ws-api/v3
          ca_file: ca.pem
      state_dir: state
      accounts:
        - name: main
          key:
            kind: ed25519
            api_key_file: api.key
            secret_file: ed25519.pem

      """, to: folder + "/backstop.yml")
  }
}
