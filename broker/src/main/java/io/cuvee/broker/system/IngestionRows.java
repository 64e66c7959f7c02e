package io.cuvee.broker.system;

import static io.cuvee.broker.system.SystemRows.row;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.broker.routing.Inventory;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.TableType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of `system` that tell of streams. A server that does not answer has rows that say so.
/// Thread-safe.
final class IngestionRows {
  private final AskedServers asked;

  IngestionRows(AskedServers asked) {
    this.asked = asked;
  }

  /// A consumer that a server tells of.
  private record Consumer(String server, JsonNode told) {
    String table() {
      return told.path("table").asText();
    }

    int partition() {
      return told.path("partition").asInt();
    }
  }

  /// What the servers answered.
  ///
  /// @param problems by the id of a server that did not
  private record Told(List<Consumer> consumers, Map<String, String> problems) {}

  private Told ask(List<Instance> servers) {
    AskedServers.Told answers = asked.ask(servers, "/consumers");
    Told told = new Told(new ArrayList<>(), answers.problems());
    answers
        .answers()
        .forEach((server, answer) ->
            answer
                .path("consumers")
                .forEach(consumer -> told.consumers().add(new Consumer(server, consumer))));
    told.consumers()
        .sort(
            Comparator.comparing(Consumer::table)
                .thenComparingInt(Consumer::partition)
                .thenComparing(Consumer::server));
    return told;
  }

  /// How far each replica of each partition is.
  Stream<List<@Nullable Object>> ingestion(Inventory inventory) {
    Told told = ask(inventory.servers());
    List<List<@Nullable Object>> rows = new ArrayList<>();
    told.consumers().forEach(consumer -> rows.add(consumer(consumer)));
    for (String table : inventory.serving().tables()) {
      inventory
          .serving()
          .replicas(table)
          .forEach((segment, holders) ->
              holders.forEach((server, replica) -> {
                String problem = told.problems().get(server);
                if (problem != null && replica.state() == SegmentState.CONSUMING) {
                  rows.add(silent(inventory, table, segment, server, problem));
                }
              }));
    }
    return rows.stream();
  }

  private static List<@Nullable Object> consumer(Consumer consumer) {
    JsonNode told = consumer.told();
    long lag = told.path("lag").asLong();
    long made = told.path("lastMessageMillis").asLong();
    long consumed = told.path("lastConsumedMillis").asLong();
    return row(
        TableType.logicalName(consumer.table()),
        consumer.table(),
        consumer.partition(),
        consumer.server(),
        emptyAsNull(told, "segment"),
        told.path("state").asText(),
        known(told.path("offset").asLong()),
        known(told.path("latestOffset").asLong()),
        known(lag),
        lag == 0
            ? Long.valueOf(0)
            : lag < 0 || made < 0 ? null : Math.max(0, System.currentTimeMillis() - made),
        told.path("rows").asLong(),
        told.path("memoryBytes").asLong(),
        told.path("rejected").asLong(),
        consumed == 0 ? null : Instant.ofEpochMilli(consumed),
        emptyAsNull(told, "lastRejection"),
        told.path("deadLetters").asLong(),
        told.path("lostLetters").asLong(),
        emptyAsNull(told, "problem"));
  }

  private static @Nullable Long known(long value) {
    return value < 0 ? null : value;
  }

  private static @Nullable String emptyAsNull(JsonNode told, String field) {
    String text = told.path(field).asText();
    return text.isEmpty() ? null : text;
  }

  private static List<@Nullable Object> silent(
      Inventory inventory, String table, String segment, String server, String problem) {
    SegmentRecord record = inventory.segments().getOrDefault(table, Map.of()).get(segment);
    return row(
        TableType.logicalName(table),
        table,
        record == null ? null : record.stream().map(range -> range.partition()).orElse(null),
        server,
        segment,
        "UNKNOWN",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        problem);
  }

  /// Offsets that streams did not have: of sealed segments as their records say, of the others as
  /// the servers that consume them do.
  Stream<List<@Nullable Object>> gaps(Inventory inventory) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    new TreeMap<>(inventory.segments())
        .forEach((table, records) ->
            new TreeMap<>(records)
                .forEach((name, record) ->
                    record.stream()
                        .ifPresent(range ->
                            range
                                .gaps()
                                .forEach(gap ->
                                    rows.add(
                                        row(
                                            TableType.logicalName(table),
                                            table,
                                            range.partition(),
                                            name,
                                            null,
                                            gap.from(),
                                            gap.to()))))));
    ask(inventory.servers())
        .consumers()
        .forEach(consumer ->
            consumer
                .told()
                .path("gaps")
                .forEach(gap ->
                    rows.add(
                        row(
                            TableType.logicalName(consumer.table()),
                            consumer.table(),
                            consumer.partition(),
                            emptyAsNull(consumer.told(), "segment"),
                            consumer.server(),
                            gap.path("from").asLong(),
                            gap.path("to").asLong()))));
    return rows.stream();
  }
}
