package io.cuvee.controller.rebalance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The newest rebalance of each table with its moves: `rebalances/{physicalTable}`, and below it
/// the moves, some hundred in each text. Thread-safe.
final class RebalanceStore {
  private static final String DIRECTORY = "rebalances";
  private static final int MOVES_IN_A_PART = 500;

  private final MetadataStore metadata;

  RebalanceStore(MetadataStore metadata) {
    this.metadata = metadata;
  }

  private static String path(String table) {
    return DIRECTORY + "/" + table;
  }

  Optional<RebalanceJob> find(String table) {
    return metadata.get(path(table)).map(text -> RebalanceJob.parse(text.value()));
  }

  List<RebalanceJob> all() {
    return metadata.getAll(DIRECTORY).values().stream()
        .map(text -> RebalanceJob.parse(text.value()))
        .toList();
  }

  /// Keeps a new job in place of the last one of its table. The moves come first, so that a job
  /// that is there is whole.
  void create(RebalanceJob job, List<Move> moves) {
    metadata.delete(path(job.table()));
    for (int from = 0, part = 0; from < moves.size(); from += MOVES_IN_A_PART, part++) {
      List<Move> some = moves.subList(from, Math.min(moves.size(), from + MOVES_IN_A_PART));
      check(metadata.create(path(job.table()) + "/" + part, json(some)), job.table());
    }
    check(metadata.create(path(job.table()), job.toJson()), job.table());
  }

  /// Replaces the text of a running job.
  ///
  /// @return false if another job has taken its place, or it has ended already
  boolean update(RebalanceJob job) {
    Optional<Versioned<String>> present = metadata.get(path(job.table()));
    if (present.isEmpty()) {
      return false;
    }
    RebalanceJob known = RebalanceJob.parse(present.get().value());
    return known.id().equals(job.id())
        && known.isRunning()
        && metadata.compareAndSet(path(job.table()), job.toJson(), present.get().version());
  }

  void delete(String table) {
    metadata.delete(path(table));
  }

  List<Move> moves(RebalanceJob job) {
    List<Move> moves = new ArrayList<>();
    for (Versioned<String> text : metadata.getAll(path(job.table())).values()) {
      parse(text.value(), moves);
    }
    if (moves.size() != job.moves()) {
      throw changed(job.table());
    }
    return moves;
  }

  private static void check(boolean created, String table) {
    if (!created) {
      throw changed(table);
    }
  }

  private static CuveeException changed(String table) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "Another rebalance of table '"
            + table
            + "' was begun meanwhile. Look at it, then try again.");
  }

  /// Servers are numbered, since their names repeat.
  private static String json(List<Move> moves) {
    Set<String> names = new TreeSet<>();
    moves.forEach(move -> {
      names.addAll(move.from());
      names.addAll(move.to());
    });
    List<String> servers = List.copyOf(names);
    Map<String, Integer> numbers = new HashMap<>();
    servers.forEach(server -> numbers.put(server, numbers.size()));
    ObjectNode node = Json.MAPPER.createObjectNode();
    servers.forEach(node.putArray("servers")::add);
    ObjectNode segments = node.putObject("segments");
    for (Move move : moves) {
      ObjectNode segment = segments.putObject(move.segment());
      new TreeSet<>(move.from())
          .forEach(server -> segment.withArray("from").add(numbers.get(server)));
      new TreeSet<>(move.to()).forEach(server -> segment.withArray("to").add(numbers.get(server)));
    }
    return node.toString();
  }

  private static void parse(String json, List<Move> moves) {
    JsonNode node = Json.object(json, "moves of a rebalance", ErrorCode.INTERNAL);
    JsonNode servers = node.path("servers");
    node.path("segments")
        .properties()
        .forEach(segment ->
            moves.add(
                new Move(
                    segment.getKey(),
                    names(segment.getValue().path("from"), servers),
                    names(segment.getValue().path("to"), servers))));
  }

  private static Set<String> names(JsonNode numbers, JsonNode servers) {
    Set<String> names = new HashSet<>();
    numbers.forEach(number -> names.add(servers.path(number.asInt()).asText()));
    return names;
  }
}
