import CLibpq
import Glibc

extension EmbeddedServer {
  static func conninfo(_ file: PostmasterFile, database: String) -> String {
    "host=\(file.socketDirectory) port=\(file.port) user=\(role) dbname=\(database) connect_timeout=5"
  }

  /// True once the server takes connections, false when it does not within `seconds` or has no socket any more.
  static func waitUntilReady(_ file: PostmasterFile, seconds: Int) -> Bool {
    for _ in 0..<(seconds * 50) {
      if PQping(conninfo(file, database: "postgres")) == PQPING_OK { return true }
      if !Files.exists("\(file.socketDirectory)/.s.PGSQL.\(file.port)") { return false }
      usleep(20_000)
    }
    return false
  }

  /// A server that runs and cannot be reached, because somebody cleaned its socket folder away: crash it and start
  /// again.
  static func stopUnreachable(_ file: PostmasterFile, _ data: String) throws(EmbeddedServerError) {
    kill(file.pid, SIGQUIT)
    for _ in 0..<(stopSecondsMax * 100) where file.isAlive(dataDirectory: data) { usleep(10_000) }
    guard !file.isAlive(dataDirectory: data) else {
      throw .timedOut(step: "stopping an unreachable PostgreSQL", logDirectory: data + "/../log")
    }
  }

  /// After a SIGKILL of the postmaster its backends still write for a moment; a second server beside them would destroy
  /// the data. PostgreSQL's own guard is the pid file, which also refuses when the pid was reused by an unrelated
  /// program, or is a zombie that nobody reaps. So: wait until no process works in the folder, and only then take the
  /// file away.
  static func clearRemains(_ home: String) throws(EmbeddedServerError) {
    let data = home + "/data"
    let folder = Files.resolved(data)
    func isInUse() -> Bool {
      Files.entries(of: "/proc").contains { $0.first?.isNumber == true && Files.link("/proc/\($0)/cwd") == folder }
    }
    for _ in 0..<(stopSecondsMax * 20) where isInUse() { usleep(50_000) }
    guard !isInUse() else {
      throw .timedOut(step: "waiting for the processes of a killed PostgreSQL", logDirectory: home + "/log")
    }
    unlink(data + "/postmaster.pid")
    // The same guard beside the socket. A folder under /tmp is new at every start.
    for name in Files.entries(of: home + "/socket") where name.hasPrefix(".s.PGSQL.") {
      unlink("\(home)/socket/\(name)")
    }
  }

  static func createDatabase(_ file: PostmasterFile) throws(EmbeddedServerError) {
    do throws(PostgresError) {
      let connection = try PostgresConnection(
        PostgresConfiguration(conninfo: conninfo(file, database: "postgres"), statementTimeoutMilliseconds: 60_000))
      defer { connection.close() }
      let found = try connection.execute(
        Statement("look for the database", "select 1 from pg_database where datname = $1", [.text(database)]))
      if found.isEmpty {
        // For people at psql: `select * from coverage`.
        try connection.execute(Statement("name the schema", "alter role backstop set search_path = backstop, public"))
        try connection.execute(Statement("create the database", "create database backstop"))
      }
    } catch { throw .postgres(error) }
  }

  /// A shell that waits for the end of our side of a pipe, which the kernel closes however we end, then stops the
  /// server by its pid, provided that pid still is this server, and removes its folders. Returns the descriptor to keep
  /// open. The watching shell is the child of one that ends at once: as our own child it would end as a zombie, and
  /// who waits for any child of this process (Swift Testing does) would be woken by it for ever.
  static func watch(_ pid: pid_t, _ home: String, _ sockets: String) throws(EmbeddedServerError) -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(call: "pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let script = """
      exec 3<&0
      (
      read -r line <&3
      alive() { [ "$(readlink "/proc/$1/cwd")" = "$2/data" ]; }
      alive "$1" "$2" && kill -QUIT "$1"
      tries=0
      while alive "$1" "$2" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
      rm -rf "$2"
      case "$3" in /tmp/backstop-pg-*) rm -rf "$3" ;; esac
      rmdir -p "${2%/*}" 2>/dev/null
      ) &
      """
    let starter = try ChildProcess.spawn(
      ["/bin/sh", "-c", script, "backstop-postgres-watch", String(pid), home, sockets],
      environment: ["PATH=/usr/bin:/bin"], standardInput: ends[0], standardOutput: -1)
    ChildProcess.reap(starter)
    return ends[1]
  }
}
