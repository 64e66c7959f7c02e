package io.cuvee.controller.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Objects of the deep store that no record names any more. They stay there for a while, in case
/// that somebody, or a wrong clock, deleted too much; which they are is in the metadata, under
/// `deleted/{physicalTable}`. Thread-safe.
public final class Trash {
  private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

  private static final String DIRECTORY = "deleted";
  private static final int OBJECTS_IN_A_TEXT = 200;

  private final MetadataStore metadata;
  private final Records records;
  private final DeepStore deepStore;
  private final Duration grace;

  /// Some objects that were deleted together.
  private record Discarded(Instant since, Set<String> urls) {
    static Discarded parse(String json) {
      JsonNode node = Json.object(json, "deleted objects", ErrorCode.INTERNAL);
      long millis = node.path("deletedMillis").asLong(0);
      Set<String> urls = new HashSet<>();
      node.path("urls").forEach(url -> urls.add(url.asText()));
      if (millis <= 0 || urls.isEmpty()) {
        throw new CuveeException(
            ErrorCode.INTERNAL, "Deleted objects without a time or without names: " + json);
      }
      return new Discarded(Instant.ofEpochMilli(millis), urls);
    }
  }

  /// @param grace how long objects stay; zero deletes them at once
  public Trash(MetadataStore metadata, Records records, DeepStore deepStore, Duration grace) {
    this.metadata = metadata;
    this.records = records;
    this.deepStore = deepStore;
    this.grace = grace;
  }

  /// An object that stays behind costs space, nothing else, so failing to delete it fails nothing.
  ///
  /// @param recorded where a table's objects are, which no record names any more; a consuming
  ///   segment has none
  public void discard(String physicalTable, List<String> recorded) {
    List<String> urls = recorded.stream().filter(url -> !url.isEmpty()).toList();
    if (grace.isZero()) {
      urls.forEach(this::delete);
      return;
    }
    try {
      for (int from = 0; from < urls.size(); from += OBJECTS_IN_A_TEXT) {
        ObjectNode text = Json.MAPPER.createObjectNode();
        text.put("deletedMillis", metadata.clock().toEpochMilli());
        urls.subList(from, Math.min(urls.size(), from + OBJECTS_IN_A_TEXT))
            .forEach(text.withArray("urls")::add);
        metadata.create(path(physicalTable, UUID.randomUUID().toString()), text.toString());
      }
    } catch (CuveeException e) {
      LOG.warn(
          "Objects of {} stay behind in the deep store, {} and others: {}",
          physicalTable,
          urls.getFirst(),
          e.getMessage());
    }
  }

  private static String path(String table, String name) {
    return DIRECTORY + "/" + table + "/" + name;
  }

  private boolean delete(String url) {
    try {
      deepStore.delete(URI.create(url));
      if (RecordObjects.mayHave(url)) {
        deepStore.delete(URI.create(RecordObjects.recordOf(url)));
      }
      return true;
    } catch (CuveeException | IllegalArgumentException e) {
      LOG.warn("The object {} stays behind in the deep store: {}", url, e.getMessage());
      return false;
    }
  }

  /// Deletes what has been here for long enough. What cannot be read or deleted stays, and so does
  /// what a record names again, as after metadata were restored.
  public void empty(Instant now) {
    for (String table : metadata.list(DIRECTORY)) {
      try {
        empty(table, now.minus(grace));
      } catch (CuveeException e) {
        LOG.warn("Deleted objects of {} stay for now: {}", table, e.getMessage());
      }
    }
  }

  private void empty(String table, Instant limit) {
    Map<String, Versioned<String>> texts = metadata.getAll(DIRECTORY + "/" + table);
    texts.values().removeIf(text -> Discarded.parse(text.value()).since().isAfter(limit));
    if (texts.isEmpty()) {
      return;
    }
    Set<String> named =
        records.all(table).values().stream()
            .map(record -> record.downloadUrl())
            .collect(Collectors.toSet());
    texts.forEach((name, text) -> {
      Set<String> urls = Discarded.parse(text.value()).urls();
      if (urls.removeIf(named::contains)) {
        LOG.warn("Deleted objects of {} belong to segments again and stay", table);
      }
      if (urls.stream().filter(url -> !delete(url)).toList().isEmpty()) {
        var _ =
            metadata.deleteUnchanged(
                Map.of(path(table, name), text.version()), OptionalLong.empty());
      }
    });
  }

  /// Where the objects are that a text of the metadata names.
  public static Set<String> urlsIn(String text) {
    return Discarded.parse(text).urls();
  }

  /// Where the objects are that are still kept.
  public Set<String> urls(String physicalTable) {
    Set<String> urls = new HashSet<>();
    metadata
        .getAll(DIRECTORY + "/" + physicalTable)
        .values()
        .forEach(text -> urls.addAll(Discarded.parse(text.value()).urls()));
    return urls;
  }
}
