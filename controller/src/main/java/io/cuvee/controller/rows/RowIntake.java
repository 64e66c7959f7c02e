package io.cuvee.controller.rows;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.RowLogRecord.Member;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.decode.JsonRows;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.AppendResult.Appended;
import io.cuvee.ingest.stream.rows.AppendResult.Busy;
import io.cuvee.ingest.stream.rows.AppendResult.Elsewhere;
import io.cuvee.ingest.stream.rows.AppendResult.KeysFull;
import io.cuvee.ingest.stream.rows.AppendResult.OtherRows;
import io.cuvee.ingest.stream.rows.AppendResult.Unknown;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowKey;
import io.cuvee.ingest.stream.rows.RowsConsumerFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes rows that come over HTTP: checks them, and gives them to the log of one partition, whoever
/// leads it. A request that got no answer is sent again under the same key, so it is written once.
/// Any controller can do it. Thread-safe.
public final class RowIntake {
  private static final Duration DEADLINE = Duration.ofSeconds(15);
  private static final Duration ONE_TRY = Duration.ofSeconds(4);
  private static final long PAUSE_MILLIS = 50;

  private final RowTargets targets;
  private final RowLogClient client;
  private final AtomicInteger turn = new AtomicInteger();

  /// Peer ids, by log.
  private final Map<String, String> leaders = new ConcurrentHashMap<>();

  public RowIntake(MetadataStore metadata, RowLogClient client) {
    this.targets = new RowTargets(metadata);
    this.client = client;
  }

  /// What was written.
  ///
  /// @param table physical
  /// @param again whether an earlier request with this key had written it
  public record Written(String table, int rows, boolean again) {}

  /// Writes the rows, all or none.
  ///
  /// @param table logical or physical
  /// @param key that the client gave
  /// @return empty if there is no such table, or it has no live half
  /// @throws CuveeException `INVALID_INPUT` that names the row, `CONFLICT` if other rows were
  ///   written under the key, `TOO_MANY_REQUESTS`, `IO` if no majority of the log answers in time
  public Optional<Written> write(String table, byte[] body, Optional<String> key)
      throws InterruptedException {
    Optional<RowTargets.Found> found = targets.find(table);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(write(found.get().target(), found.get().logs(), body, key));
  }

  private Written write(
      RowTargets.Target target, List<Partition> logs, byte[] body, Optional<String> key)
      throws InterruptedException {
    TableConfig config = target.config();
    StreamConfig stream = target.stream();
    if (!stream.streamType().equals(StreamConfig.ROWS)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Table '"
              + config.logicalName()
              + "' gets its rows from "
              + stream.streamType()
              + " topic '"
              + stream.topic()
              + "': write them there. Rows over HTTP need a table with streamType rows.");
    }
    JsonRows rows = JsonRows.parse(body, target.rules());
    if (rows.count() == 0) {
      return new Written(config.physicalName(), 0, false);
    }
    RowKey rowKey = key.map(name -> RowKey.of(name, body)).orElseGet(RowKey::any);
    int partitions = RowsConsumerFactory.partitions(stream);
    // The same key must meet the same log.
    int partition =
        key.isPresent()
            ? (int) Math.floorMod(rowKey.high(), (long) partitions)
            : Math.floorMod(turn.getAndIncrement(), partitions);
    RowBatch batch = new RowBatch(rowKey, rows.count(), rows.rows());
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    boolean mayBeWritten = false;
    String problem = "it has no log yet";
    for (int attempt = 0; ; attempt++) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new CuveeException(
            ErrorCode.IO,
            "The rows for table '"
                + config.logicalName()
                + "' "
                + (mayBeWritten ? "may or may not be written: " : "were not written: ")
                + problem
                + ". Send them again with the same Idempotency-Key, then they are written once.");
      }
      List<Partition> all = attempt == 0 ? logs : targets.logs(config);
      Optional<Partition> log =
          partition < all.size() ? Optional.of(all.get(partition)) : Optional.empty();
      Optional<Instance> server = log.isEmpty() ? Optional.empty() : server(log.get(), attempt);
      if (server.isPresent()) {
        String id = log.get().id();
        AppendResult result =
            client.append(
                server.get(), id, batch, Duration.ofMillis(Math.min(left, ONE_TRY.toMillis())));
        switch (result) {
          case Appended appended -> {
            leader(log.get(), server.get()).ifPresent(peer -> leaders.put(id, peer));
            return new Written(config.physicalName(), appended.count(), appended.again());
          }
          case OtherRows _ ->
              throw new CuveeException(
                  ErrorCode.CONFLICT,
                  "Other rows were written under this Idempotency-Key in the last 24 hours. Use another key.");
          case KeysFull _ ->
              throw new CuveeException(
                  ErrorCode.TOO_MANY_REQUESTS,
                  "Table '"
                      + config.logicalName()
                      + "' remembers a million Idempotency-Keys of the last 24 hours and can take no more. Send more rows with each.");
          case Busy _ ->
              throw new CuveeException(
                  ErrorCode.TOO_MANY_REQUESTS,
                  "Rows for table '"
                      + config.logicalName()
                      + "' come faster than they can be written. Try again in a moment.");
          case Elsewhere elsewhere -> {
            problem = "no server leads its log now";
            boolean isNews =
                elsewhere.leader().isPresent()
                    && !elsewhere.leader().equals(Optional.ofNullable(leaders.get(id)));
            elsewhere
                .leader()
                .ifPresentOrElse(peer -> leaders.put(id, peer), () -> leaders.remove(id));
            if (isNews) {
              continue;
            }
            // Whom they name is not there.
            leaders.remove(id);
          }
          case Unknown unknown -> {
            mayBeWritten = true;
            problem = unknown.reason();
            leaders.remove(id);
          }
        }
      }
      Thread.sleep(Math.min(PAUSE_MILLIS, left));
    }
  }

  /// The one that led last, else one after the other.
  private Optional<Instance> server(Partition log, int attempt) {
    List<Member> members = log.members();
    return Optional.ofNullable(leaders.get(log.id()))
        .flatMap(log::withPeer)
        .or(() -> Optional.of(members.get(Math.floorMod(attempt, members.size()))))
        .flatMap(client::server);
  }

  private static Optional<String> leader(Partition log, Instance server) {
    return log.members().stream()
        .filter(member -> member.server().equals(server.id()))
        .map(Member::peer)
        .findFirst();
  }
}
