package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.upload.SegmentIntake;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `/segments`: which there are, what is known of them, taking them away.
final class SegmentApi {
  private static final int MAX_MARKS = 64 << 10;

  private final Tables tables;
  private final Records records;
  private final DeepStore deepStore;
  private final Replacements replacements;
  private final SegmentIntake intake;
  private final Path directory;

  /// @param directory for archives on their way to clients
  SegmentApi(
      Tables tables,
      Records records,
      DeepStore deepStore,
      Replacements replacements,
      SegmentIntake intake,
      Path directory) {
    this.tables = tables;
    this.records = records;
    this.deepStore = deepStore;
    this.replacements = replacements;
    this.intake = intake;
    this.directory = directory;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read("/segments/{table}", "Names of a table's segments.", this::list),
        Endpoint.read("/segments/{table}/{segment}", "The archive of a segment.", this::download),
        Endpoint.read(
            "/segments/{table}/{segment}/metadata", "What is known of a segment.", this::metadata),
        Endpoint.write(
            "DELETE",
            "/segments/{table}",
            "Deletes all segments of a table, or those that segments=… names.",
            this::deleteMany),
        Endpoint.write("DELETE", "/segments/{table}/{segment}", "Deletes a segment.", this::delete),
        Endpoint.write(
            "PUT",
            "/segments/{table}/{segment}/marks",
            "Notes texts with the version crc of a segment, for background tasks.",
            this::mark));
  }

  private List<TableConfig> halves(HttpRequest request) {
    return tables.halves(request.variable("table"), Requests.tableType(request, "type"));
  }

  private HttpResponse list(HttpRequest request) {
    ArrayNode answer = Json.MAPPER.createArrayNode();
    for (TableConfig config : halves(request)) {
      ArrayNode names = answer.addObject().putArray(config.type().name());
      records.names(config.physicalName()).forEach(names::add);
    }
    return HttpResponse.json(200, answer);
  }

  private SegmentRecord record(HttpRequest request) {
    String segment = request.variable("segment");
    List<String> known = new ArrayList<>();
    for (TableConfig config : halves(request)) {
      Optional<SegmentRecord> record =
          records.find(new SegmentKey(config.physicalName(), segment)).map(found -> found.value());
      if (record.isPresent()) {
        return record.get();
      }
      known.addAll(records.names(config.physicalName()));
    }
    throw new CuveeException(
        ErrorCode.NOT_FOUND,
        "Table '"
            + request.variable("table")
            + "' has no segment '"
            + segment
            + "'."
            + Suggestions.didYouMean(segment, known));
  }

  private HttpResponse download(HttpRequest request) throws IOException {
    SegmentRecord record = record(request);
    if (record.isConsuming()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Segment '"
              + record.name()
              + "' is consuming and has no archive yet. POST /tables/{table}/forceCommit seals it.");
    }
    Files.createDirectories(directory);
    Path copy = directory.resolve("download-" + UUID.randomUUID());
    deepStore.get(URI.create(record.downloadUrl()), copy);
    return HttpResponse.stream(
            200,
            "application/octet-stream",
            out -> {
              try {
                Files.copy(copy, out);
              } finally {
                Files.delete(copy);
              }
            })
        .withHeader("Content-Disposition", "attachment; filename=\"" + record.name() + ".tar.gz\"");
  }

  private HttpResponse metadata(HttpRequest request) {
    SegmentRecord record = record(request);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("segment.name", record.name());
    answer.put("segment.crc", Long.toString(record.crc()));
    answer.put("segment.total.docs", Long.toString(record.totalDocs()));
    answer.put("segment.size.in.bytes", Long.toString(record.sizeBytes()));
    answer.put("segment.push.time", Long.toString(record.createdMillis()));
    answer.put("segment.download.url", record.downloadUrl());
    answer.put("segment.arriving", Boolean.toString(record.arriving()));
    record.marks().forEach((name, value) -> answer.put("segment.mark." + name, value));
    record.stream()
        .ifPresent(range -> {
          answer.put("segment.realtime.status", range.isOpen() ? "IN_PROGRESS" : "DONE");
          answer.put("segment.realtime.startOffset", Long.toString(range.startOffset()));
          range
              .endOffset()
              .ifPresent(end -> answer.put("segment.realtime.endOffset", Long.toString(end)));
        });
    return HttpResponse.json(200, answer);
  }

  private HttpResponse mark(HttpRequest request) throws IOException {
    SegmentRecord record = record(request);
    Map<String, String> marks =
        Json.texts(Json.object(request.text(MAX_MARKS), "request", ErrorCode.INVALID_INPUT));
    intake.mark(record.key(), Requests.number(request, "crc"), marks);
    return HttpResponse.json(200, Answers.status("Segment marked"));
  }

  private HttpResponse delete(HttpRequest request) {
    SegmentRecord record = record(request);
    replacements.delete(record.key());
    return HttpResponse.json(200, Answers.status("Segment deleted"));
  }

  private HttpResponse deleteMany(HttpRequest request) {
    int count = 0;
    List<String> named = new ArrayList<>();
    for (String value : request.queryValues("segments")) {
      named.addAll(List.of(value.split(",")));
    }
    named.removeIf(String::isBlank);
    for (TableConfig config : halves(request)) {
      List<String> segments = named.isEmpty() ? records.names(config.physicalName()) : named;
      for (String segment : segments) {
        count += replacements.delete(new SegmentKey(config.physicalName(), segment)) ? 1 : 0;
      }
    }
    return HttpResponse.json(
        200,
        Answers.status("Deleted " + count + " segments from table: " + request.variable("table")));
  }
}
