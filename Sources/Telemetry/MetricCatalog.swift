/// Every metric of the program. Nothing else is exported: what is not here is a programmer error.
///
/// No series names a symbol, an order or a quantity: `/metrics` needs no token (fault SE11).
public enum MetricCatalog {
  // MARK: - Protection

  public static let coverageRate = MetricDefinition(
    "oco_coverage_rate", .gauge,
    "Mean over the open positions of the part that live stops cover, 0 to 1; 1 when nothing is open.")
  public static let coverageUnknown = MetricDefinition(
    "oco_coverage_unknown", .gauge, "1 while coverage is not known; oco_coverage_rate means nothing then.", initial: 1)
  public static let placementLatency = MetricDefinition(
    "oco_placement_latency_seconds", .histogram,
    "From the fact that made a leg necessary to the moment its command was sent, in seconds.",
    labels: [source], buckets: MetricBuckets.latencySeconds)
  public static let placements = MetricDefinition(
    "oco_placement_total", .counter, "Protective orders and lists sent, by the layer that made them necessary.",
    labels: [source])
  public static let layerShare = MetricDefinition(
    "backstop_layer_share", .gauge, "Part of the protective placements that each layer caused, 0 to 1.",
    labels: [source])
  public static let positions = MetricDefinition(
    "backstop_positions", .gauge, "Symbols by the state of their coverage.",
    labels: [MetricLabel("state", ["covered", "partial", "naked", "dust", "flat", "ignored", "unknown"])])
  public static let nakedPositions = MetricDefinition(
    "backstop_naked_positions", .gauge, "Symbols with quantity that no stop covers now.")
  public static let nakedLongest = MetricDefinition(
    "backstop_naked_longest_seconds", .gauge, "Age of the oldest naked interval that still runs, in seconds.")
  public static let nakedDuration = MetricDefinition(
    "backstop_naked_duration_seconds", .histogram,
    "Naked intervals that ended, by what stood in the way last, in seconds.",
    labels: [cause], buckets: MetricBuckets.exposureSeconds)
  public static let nakedSeconds = MetricDefinition(
    "backstop_naked_seconds_total", .counter,
    "Naked time of the intervals that ended, by cause, in seconds; backstop_naked_longest_seconds tells of a running one.",
    labels: [cause])
  public static let alertsStanding = MetricDefinition(
    "backstop_alerts_standing", .gauge, "Alerts that stand now.",
    labels: [
      MetricLabel("kind", alertKinds), MetricLabel("severity", ["notice", "warning", "critical"]),
    ])
  public static let accountsPaused = MetricDefinition(
    "backstop_accounts_paused", .gauge, "Accounts that an operator has paused.")

  // MARK: - Stream

  public static let streamConnected = MetricDefinition(
    "backstop_stream_connected", .gauge, "User-data streams that deliver now.")
  public static let streamEpochs = MetricDefinition(
    "backstop_stream_epoch_total", .counter, "Stream connections that were opened.")
  public static let streamReconnects = MetricDefinition(
    "backstop_stream_reconnects_total", .counter, "Streams that ended, by reason.",
    labels: [
      MetricLabel(
        "reason",
        ["closed", "error", "stale", "rotation", "tls", "refused", "protocol", "unproven", MetricLabel.other])
    ])
  public static let streamGaps = MetricDefinition(
    "backstop_stream_gap_seconds", .histogram, "Periods in which events may have been missed, in seconds.",
    buckets: MetricBuckets.exposureSeconds)
  public static let streamEvents = MetricDefinition(
    "backstop_stream_events_total", .counter, "Events received, by type.",
    labels: [
      MetricLabel(
        "type", ["order", "order_list", "balances", "balance_change", "external_lock", "unknown", "malformed"])
    ])
  public static let streamUnproven = MetricDefinition(
    "backstop_stream_unproven_seconds", .gauge, "Time since the stream last proved that it still delivers, in seconds.")

  // MARK: - Sweep

  public static let sweeps = MetricDefinition(
    "backstop_sweep_total", .counter, "Sweeps, by trigger and by whether every read succeeded.",
    labels: [
      MetricLabel("trigger", sweepTriggers),
      MetricLabel("complete", ["true", "false"]),
    ])
  public static let sweepRepairs = MetricDefinition(
    "backstop_sweep_repairs_total", .counter, "Facts that a sweep learned and the stream had not told.")
  public static let sweepDuration = MetricDefinition(
    "backstop_sweep_duration_seconds", .histogram, "From the first request of a sweep to its last answer, in seconds.",
    buckets: MetricBuckets.roundTripSeconds)
  public static let sweepAge = MetricDefinition(
    "backstop_sweep_age_seconds", .gauge,
    "Time since the last complete sweep of the account swept longest ago, in seconds.")

  // MARK: - Commands and requests

  public static let commands = MetricDefinition(
    "backstop_command_total", .counter, "Commands to the venue, by outcome.",
    labels: [
      MetricLabel(
        "command",
        ["place_oco", "place_leg", "amend", "cancel_order", "cancel_list", "place_entry", MetricLabel.other]),
      MetricLabel("outcome", ["accepted", "rejected", "ambiguous"]),
    ])
  public static let commandsAmbiguous = MetricDefinition(
    "backstop_command_ambiguous_total", .counter, "Commands whose outcome had to be queried.")
  public static let commandLatency = MetricDefinition(
    "backstop_command_duration_seconds", .histogram, "From sending a command to its answer, in seconds.",
    buckets: MetricBuckets.roundTripSeconds)
  public static let requestWeightUsed = MetricDefinition(
    "backstop_request_weight_used", .gauge, "Request weight used in the venue's current minute.")
  public static let requestWeightLimit = MetricDefinition(
    "backstop_request_weight_limit", .gauge, "Request weight that the venue grants per minute.")
  public static let requestsShed = MetricDefinition(
    "backstop_requests_shed_total", .counter, "Requests that the budget did not let out, by purpose.",
    labels: [MetricLabel("purpose", ["background", "reconcile", "protect"])])
  public static let requests = MetricDefinition(
    "backstop_requests_total", .counter, "REST requests, by endpoint and by what came back.",
    labels: [
      MetricLabel("endpoint", endpoints),
      MetricLabel("status", ["2xx", "3xx", "4xx", "418", "429", "5xx", "lost", "not_sent", MetricLabel.other]),
    ])
  public static let clockOffset = MetricDefinition(
    "backstop_clock_offset_seconds", .gauge, "Venue clock minus ours, in seconds.")

  // MARK: - Mirror

  public static let mirrorConnected = MetricDefinition(
    "backstop_mirror_connected", .gauge, "1 while the mirror's database answers.")
  public static let mirrorQueueDepth = MetricDefinition(
    "backstop_mirror_queue_depth", .gauge, "Facts that wait to be written.")
  public static let mirrorLag = MetricDefinition(
    "backstop_mirror_lag_seconds", .gauge, "Age of the oldest fact that waits to be written, in seconds.")
  public static let mirrorBatches = MetricDefinition(
    "backstop_mirror_batches_total", .counter, "Batches committed.")
  public static let mirrorRows = MetricDefinition(
    "backstop_mirror_rows_total", .counter, "Rows written.")
  public static let mirrorDropped = MetricDefinition(
    "backstop_mirror_dropped_total", .counter, "Facts that did not fit into the queue; the next sweep brings them back."
  )

  // MARK: - The program itself

  public static let componentState = MetricDefinition(
    "backstop_component_state", .gauge, "1 for the state that the component is in, 0 for the others.",
    labels: [
      MetricLabel("component", ["stream", "rest", "mirror", "reconciler", "clock", "lease", "control"]),
      MetricLabel("state", ["healthy", "degraded", "down"]),
    ])
  public static let controlRequests = MetricDefinition(
    "backstop_control_requests_total", .counter, "Requests to the control API, by class of the answer.",
    labels: [MetricLabel("status", ["2xx", "3xx", "4xx", "401", "429", "5xx"])])
  public static let loopDelay = MetricDefinition(
    "backstop_loop_delay_seconds", .histogram, "How late the loop thread ran its timers, in seconds.",
    buckets: MetricBuckets.latencySeconds)
  public static let logDropped = MetricDefinition(
    "backstop_log_dropped_total", .counter, "Log lines that did not fit into the queue.")
  public static let ignoredUpdates = MetricDefinition(
    "backstop_metrics_ignored_total", .counter, "Updates of metrics that the catalog does not have: a bug.")

  /// In the order of `/metrics`.
  public static let all: [MetricDefinition] = [
    coverageRate, coverageUnknown, placementLatency, placements, layerShare, positions, nakedPositions, nakedLongest,
    nakedDuration, nakedSeconds, alertsStanding, accountsPaused,
    streamConnected, streamEpochs, streamReconnects, streamGaps, streamEvents, streamUnproven,
    sweeps, sweepRepairs, sweepDuration, sweepAge,
    commands, commandsAmbiguous, commandLatency, requestWeightUsed, requestWeightLimit, requestsShed, requests,
    clockOffset,
    mirrorConnected, mirrorQueueDepth, mirrorLag, mirrorBatches, mirrorRows, mirrorDropped,
    componentState, controlRequests, loopDelay, logDropped, ignoredUpdates,
    ProcessFigures.residentMemory, ProcessFigures.startTime, ProcessFigures.cpuSeconds, ProcessFigures.openDescriptors,
  ]
}
