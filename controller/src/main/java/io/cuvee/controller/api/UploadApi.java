package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.BrokerSight;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.upload.FileIntake;
import io.cuvee.controller.upload.SegmentIntake;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import io.cuvee.http.Multipart;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `/v2/segments` and `/ingestFromFile`.
final class UploadApi {
  private static final Set<String> BATCH_KEYS =
      new TreeSet<>(
          Set.of(
              "inputFormat",
              "recordReader.prop.delimiter",
              "recordReader.prop.multiValueDelimiter",
              "recordReader.prop.header"));

  private final Tables tables;
  private final SegmentIntake segments;
  private final FileIntake files;
  private final Arrivals arrivals;
  private final BrokerSight brokers;
  private final Leadership leadership;
  private final Reconciler reconciler;
  private final ReplacementStore replacements;
  private final DataSize maxSegmentSize;
  private final DataSize maxFileSize;
  private final Duration loadTimeout;

  /// @param loadTimeout how long a request waits for its segment if it does not say
  UploadApi(
      Tables tables,
      SegmentIntake segments,
      FileIntake files,
      Arrivals arrivals,
      BrokerSight brokers,
      Leadership leadership,
      Reconciler reconciler,
      ReplacementStore replacements,
      DataSize maxSegmentSize,
      DataSize maxFileSize,
      Duration loadTimeout) {
    this.tables = tables;
    this.segments = segments;
    this.files = files;
    this.arrivals = arrivals;
    this.brokers = brokers;
    this.leadership = leadership;
    this.reconciler = reconciler;
    this.replacements = replacements;
    this.maxSegmentSize = maxSegmentSize;
    this.maxFileSize = maxFileSize;
    this.loadTimeout = loadTimeout;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.write(
            "POST",
            "/v2/segments",
            "Takes the archive of a segment (form with one file) into table tableName; answers when it is stored and"
                + " assigned, with wait=online when it can be queried (at most timeout). expectedCrc says which version it"
                + " replaces, segmentLineageEntryId which replacement it is for.",
            this::upload),
        Endpoint.write("POST", "/segments", "The same as /v2/segments.", this::upload),
        Endpoint.write(
            "POST",
            "/ingestFromFile",
            "Takes the rows of a file (form with one file) into tableNameWithType; batchConfigMapStr is"
                + " {\"inputFormat\": \"csv|json|avro|parquet\"}; answers when they can be queried. A request that"
                + " is sent again with the same header Idempotency-Key adds nothing.",
            this::ingest));
  }

  private HttpResponse upload(HttpRequest request) throws IOException {
    TableConfig config = offline(request, Requests.required(request, "tableName"), "tableType");
    String wait = request.query("wait", "");
    if (!wait.isEmpty() && !wait.equals("online")) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "wait is '" + wait + "'. Leave it out, or use online.");
    }
    String kind = request.header("UPLOAD_TYPE").orElse("SEGMENT");
    if (!kind.equalsIgnoreCase("SEGMENT")) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "UPLOAD_TYPE is '" + kind + "'; only whole segments can be uploaded. Send SEGMENT.");
    }
    Duration timeout = Requests.duration(request, "timeout", loadTimeout);
    SegmentIntake.Conditions conditions = conditions(request);
    Multipart.Part part = Requests.onlyPart(request, maxSegmentSize.bytes());
    SegmentIntake.Taken taken = segments.take(config, part.file(), conditions);
    if (!wait.isEmpty()) {
      awaitLoaded(taken, timeout, false);
    }
    ObjectNode answer =
        Answers.status(
            (taken.isNew() ? "Successfully uploaded segment: " : "Segment is there already: ")
                + taken.record().name()
                + " of table: "
                + config.physicalName());
    describe(answer, taken);
    return HttpResponse.json(200, answer);
  }

  private static SegmentIntake.Conditions conditions(HttpRequest request) {
    Map<String, String> marks = new LinkedHashMap<>();
    for (String mark : request.queryValues("mark")) {
      int equals = mark.indexOf('=');
      if (equals < 1) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT, "mark is '" + mark + "'. Write it as name=text.");
      }
      marks.put(mark.substring(0, equals), mark.substring(equals + 1));
    }
    return new SegmentIntake.Conditions(
        !request.query("allowRefresh", "true").equalsIgnoreCase("false"),
        request.query("expectedCrc").isPresent()
            ? OptionalLong.of(Requests.number(request, "expectedCrc"))
            : OptionalLong.empty(),
        request.query("segmentLineageEntryId").filter(id -> !id.isBlank()),
        marks);
  }

  private static void describe(ObjectNode answer, SegmentIntake.Taken taken) {
    answer.put("segment", taken.record().name());
    answer.put("crc", Long.toString(taken.record().crc()));
    answer.put("rows", taken.record().totalDocs());
    taken.servers().forEach(answer.putArray("servers")::add);
  }

  private TableConfig offline(HttpRequest request, String name, String typeParameter) {
    if (Requests.tableType(request, typeParameter).equals(Optional.of(TableType.REALTIME))) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Segments cannot be uploaded to REALTIME tables. Use " + typeParameter + "=OFFLINE.");
    }
    return tables.offline(name);
  }

  /// Waits for the servers.
  ///
  /// @param undo whether a segment that no server can load is taken away again
  private void awaitLoaded(SegmentIntake.Taken taken, Duration timeout, boolean undo) {
    String name = taken.record().name();
    try {
      Arrivals.Outcome outcome = taken.loaded().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (outcome.loaded()) {
        // What a replacement brings is seen when that ends.
        if (!replacements.decides(taken.record().key())) {
          brokers.awaitSeen(taken.record().key());
        }
        return;
      }
      if (undo) {
        reconciler.deleteSegment(taken.record().key());
      }
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "Segment '"
              + name
              + "' could not be loaded: "
              + outcome.problem()
              + "."
              + (undo ? " Nothing was changed." : " It stays stored; servers will try again."));
    } catch (TimeoutException e) {
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "Segment '"
              + name
              + "' is stored and assigned, but not loaded after "
              + timeout.toMillis()
              + " ms ("
              + arrivals.describe(taken.record().key(), leadership.requireTerm())
              + "). It will be visible as soon as it is; do not upload the rows again.",
          e);
    } catch (ExecutionException e) {
      throw CuveeException.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Interrupted while waiting.", e);
    }
  }

  private HttpResponse ingest(HttpRequest request) throws IOException {
    TableConfig config =
        offline(request, Requests.required(request, "tableNameWithType"), "tableType");
    ReadOptions options = readOptions(Requests.required(request, "batchConfigMapStr"));
    Duration timeout = Requests.duration(request, "timeout", loadTimeout);
    Multipart.Part part = Requests.onlyPart(request, maxFileSize.bytes());
    Optional<SegmentIntake.Taken> taken =
        files.take(config, part.file(), part.fileName(), options, Requests.idempotencyKey(request));
    if (taken.isEmpty()) {
      ObjectNode answer =
          Answers.status("The file has no rows; nothing was added to " + config.physicalName());
      return HttpResponse.json(200, answer.put("rows", 0));
    }
    awaitLoaded(taken.get(), timeout, taken.get().isNew());
    ObjectNode answer =
        Answers.status(
            (taken.get().isNew()
                    ? "Successfully ingested file into table: "
                    : "The file was ingested before into table: ")
                + config.physicalName()
                + " as segment: "
                + taken.get().record().name());
    describe(answer, taken.get());
    return HttpResponse.json(200, answer);
  }

  private static ReadOptions readOptions(String json) {
    JsonNode config = Json.object(json, "batchConfigMapStr", ErrorCode.INVALID_INPUT);
    config
        .fieldNames()
        .forEachRemaining(key -> {
          if (!BATCH_KEYS.contains(key)) {
            throw new CuveeException(
                ErrorCode.INVALID_INPUT,
                "batchConfigMapStr has the unknown key '"
                    + key
                    + "'."
                    + Suggestions.didYouMean(key, BATCH_KEYS)
                    + " Known are "
                    + String.join(", ", BATCH_KEYS)
                    + ".");
          }
        });
    Optional<String> format = text(config, "inputFormat");
    if (format.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "batchConfigMapStr needs inputFormat: csv, json, avro or parquet.");
    }
    Optional<Character> delimiter =
        text(config, "recordReader.prop.delimiter")
            .map(text -> single("recordReader.prop.delimiter", text))
            .or(() ->
                format.get().toLowerCase(Locale.ROOT).equals("tsv")
                    ? Optional.of('\t')
                    : Optional.empty());
    char arrayDelimiter =
        text(config, "recordReader.prop.multiValueDelimiter")
            .map(text -> single("recordReader.prop.multiValueDelimiter", text))
            .orElse(ReadOptions.DEFAULTS.arrayDelimiter());
    return new ReadOptions(
        Optional.of(FileFormat.parse(format.get())),
        delimiter,
        arrayDelimiter,
        text(config, "recordReader.prop.header"));
  }

  private static Optional<String> text(JsonNode config, String key) {
    return Optional.ofNullable(config.get(key))
        .map(JsonNode::asText)
        .filter(text -> !text.isEmpty());
  }

  private static char single(String key, String text) {
    String plain = text.equals("\\t") ? "\t" : text;
    if (plain.length() != 1) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, key + " is '" + text + "'; it must be one character.");
    }
    return plain.charAt(0);
  }
}
