import EventLoop
import Glibc

extension EmbeddedServer {
  /// `struct sockaddr_un` has 108 bytes for the path, the last one a NUL.
  static let socketPathBytesMax = 107

  /// Finds the server of this state folder running, or starts it, after making it on the first call.
  public static func start(_ configuration: Configuration) throws(EmbeddedServerError) -> EmbeddedServer {
    let account = try ServerAccount.current()
    let home = try prepareHome(configuration, account)
    let lock = try takeLock(home)
    defer { close(lock) }
    let data = home + "/data"
    let needed = Files.read(data + "/PG_VERSION").map { $0.filter { $0.isNumber } }
    let installation = try ServerInstallation.find(version: needed, path: configuration.searchPath)

    var reused = false
    if let file = PostmasterFile(dataDirectory: data), file.isAlive(dataDirectory: data) {
      reused = waitUntilReady(file, seconds: startSecondsMax)
      if !reused { try stopUnreachable(file, data) }
    }
    if !reused {
      if needed == nil { try initialize(home, account, installation) }
      try launch(configuration, home, account, installation)
    }
    guard let file = PostmasterFile(dataDirectory: data), waitUntilReady(file, seconds: startSecondsMax) else {
      throw .timedOut(step: "starting PostgreSQL", logDirectory: home + "/log")
    }
    try createDatabase(file)
    let watchdog = configuration.lifetime == .withThisProcess ? try watch(file.pid, home, file.socketDirectory) : -1
    return EmbeddedServer(
      configuration: configuration, file: file, version: installation.version, dataDirectory: data,
      wasAlreadyRunning: reused, watchdog: watchdog)
  }

  /// The folder that the server's user owns. When that user cannot reach the state folder (it lies in root's home), the
  /// same folder name every time under /var/lib/backstop serves instead.
  private static func prepareHome(
    _ configuration: Configuration, _ account: ServerAccount
  ) throws(EmbeddedServerError) -> String {
    let state = Files.absolute(configuration.stateDirectory)
    try Files.createDirectory(state)
    var home = state + "/postgres"
    if !account.canEnter(state) {
      let root = "/var/lib/backstop"
      try Files.createDirectory(root)
      home = "\(root)/postgres-\(String(fingerprint(Files.resolved(state)), radix: 36))"
    }
    try Files.createDirectory(home, mode: 0o700)
    try account.own(home)
    guard account.canEnter(home) else {
      throw .cannotUse(
        path: home,
        reason: "user '\(ServerAccount.unprivilegedName)' cannot enter it; choose a state folder it can reach")
    }
    return Files.resolved(home)
  }

  /// FNV-1a, 64 bits: a short stable name, not a secret.
  private static func fingerprint(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Two starters of one folder take turns; the second finds the server running.
  private static func takeLock(_ home: String) throws(EmbeddedServerError) -> Int32 {
    let descriptor = open(home + "/start.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotUse(path: home, reason: String(cString: strerror(errno))) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .system(call: "flock", errno: errno) }
    }
    return descriptor
  }

  /// initdb into a folder of another name and a rename at the end, so that a kill in between leaves nothing half made.
  private static func initialize(
    _ home: String, _ account: ServerAccount, _ installation: ServerInstallation
  ) throws(EmbeddedServerError) {
    let fresh = home + "/data.new"
    _ = try account.run(["/bin/rm", "-rf", fresh], in: home)
    try Files.createDirectory(home + "/log", mode: 0o700)
    try account.own(home + "/log")
    let passwordFile = home + "/password"
    var entropy = Entropy.system
    let password = (0..<2).map { _ in String(entropy.next(), radix: 36) }.joined()
    try Files.write(password, to: passwordFile)
    try account.own(passwordFile)
    // -N: no fsync of a cluster that does not exist yet; a power cut now only means initdb again.
    let made = try account.run(
      [
        installation.program("initdb"), "-D", fresh, "-U", role, "--auth-local=trust", "--auth-host=scram-sha-256",
        "--pwfile=\(passwordFile)", "-E", "UTF8", "--locale=C", "-N",
      ], in: home)
    guard made.succeeded else { throw .failed(step: "initdb", output: lastLines(made.output)) }
    let include = "\ninclude_if_exists 'backstop.conf'\n"
    guard let defaults = Files.read(fresh + "/postgresql.conf") else {
      throw .cannotUse(path: fresh, reason: "initdb wrote no postgresql.conf")
    }
    try Files.write(defaults + include, to: fresh + "/postgresql.conf")
    guard rename(fresh, home + "/data") == 0 else { throw .system(call: "rename \(fresh)", errno: errno) }
    sync()
  }

  private static func launch(
    _ configuration: Configuration, _ home: String, _ account: ServerAccount, _ installation: ServerInstallation
  ) throws(EmbeddedServerError) {
    let data = home + "/data"
    try clearRemains(home)
    var sockets = home + "/socket"
    if (sockets + "/.s.PGSQL.65535").utf8.count > socketPathBytesMax {
      sockets = try Files.makeShortTemporaryDirectory()
    } else {
      try Files.createDirectory(sockets, mode: 0o700)
    }
    try account.own(sockets)
    let settings = data + "/backstop.conf"
    try Files.write(text(configuration, socketDirectory: sockets), to: settings)
    try account.own(settings)
    let started = try account.run(
      [
        installation.program("pg_ctl"), "-D", data, "-l", home + "/log/start.log", "-w", "-t", String(startSecondsMax),
        "start",
      ], in: home)
    guard started.succeeded else {
      let log = Files.read(home + "/log/start.log") ?? ""
      throw .failed(step: "starting PostgreSQL", output: lastLines(log.isEmpty ? started.output : log))
    }
  }

  private static func text(_ configuration: Configuration, socketDirectory: String) -> String {
    let quoted = socketDirectory.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    var lines = [
      "# Written by backstop at every start.",
      "listen_addresses = '\(configuration.loopbackPort == nil ? "" : "127.0.0.1")'",
      "port = \(configuration.loopbackPort.map { Int($0) } ?? socketPort)",
      "unix_socket_directories = '\(quoted)'", "unix_socket_permissions = 0700", "max_connections = 100",
      "shared_buffers = 64MB", "jit = off", "timezone = 'UTC'", "log_timezone = 'UTC'", "lc_messages = 'C'",
    ]
    switch configuration.durability {
    case .durable:
      // One file per weekday, overwritten a week later: bounded.
      lines += [
        "logging_collector = on", "log_directory = '../log'", "log_filename = 'postgresql-%a.log'",
        "log_rotation_age = 1d", "log_rotation_size = 0", "log_truncate_on_rotation = on", "max_wal_size = 512MB",
      ]
    case .volatile:
      lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lastLines(_ text: String) -> String {
    text.split(separator: "\n").suffix(5).joined(separator: "; ")
  }
}
