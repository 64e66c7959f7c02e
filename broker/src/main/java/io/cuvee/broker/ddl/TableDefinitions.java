package io.cuvee.broker.ddl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.calcite.parser.TableStatement;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.memory.QueryContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Carries out [TableStatement]s by asking a controller, and waits until this broker sees what came
/// of them. Thread-safe.
public final class TableDefinitions implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 20;
  private static final Pattern LIST = Pattern.compile("\\s*,\\s*");
  private static final String OPTIONS =
      "replication, time_column, sorted_column, inverted_index_columns, range_index_columns,"
          + " no_dictionary_columns, bloom_filter_columns, dimension_table, config";

  private final ClusterView view;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  public TableDefinitions(ClusterView view) {
    this.view = view;
  }

  /// Carries a statement out.
  ///
  /// @return what was done, for people
  /// @throws CuveeException what the controller found wrong
  public String apply(TableStatement statement, QueryContext context) {
    return switch (statement) {
      case TableStatement.Create create -> create(create, context);
      case TableStatement.AddColumn added -> addColumn(added, context);
      case TableStatement.Drop drop -> drop(drop, context);
    };
  }

  private Optional<Catalog.Table> find(String name) {
    return view.current().catalog().table(name);
  }

  private Catalog.Table existing(String name) {
    return find(name)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.TABLE_NOT_FOUND,
                "Table '"
                    + name
                    + "' does not exist."
                    + Suggestions.didYouMean(
                        name,
                        view.current().catalog().tables().stream()
                            .map(Catalog.Table::name)
                            .toList())));
  }

  private String create(TableStatement.Create create, QueryContext context) {
    if (find(create.table()).isPresent()) {
      if (create.ifNotExists()) {
        return "Table " + create.table() + " exists.";
      }
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Table '" + create.table() + "' exists. Drop it, or write CREATE TABLE IF NOT EXISTS.");
    }
    ObjectNode config = config(create);
    ObjectNode schema = schema(create, config);
    String schemaName = schema.path("schemaName").asText();
    ask("POST", "/schemas?override=false", schema.toString());
    try {
      ask("POST", "/tables", config.toString());
    } catch (CuveeException refused) {
      try {
        ask("DELETE", "/schemas/" + encoded(schemaName), "");
      } catch (CuveeException stays) {
        refused.addSuppressed(stays);
      }
      throw refused;
    }
    await(catalog -> catalog.table(create.table()).isPresent(), context);
    return "Table " + create.table() + " was created.";
  }

  private static ObjectNode config(TableStatement.Create create) {
    ObjectNode config =
        object(create.options().getOrDefault("config", "{}"), "config", ErrorCode.INVALID_TABLE);
    String named = config.path("tableName").asText(create.table());
    if (!TableType.logicalName(named).equalsIgnoreCase(create.table())) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "The config is of table '"
              + named
              + "', but the statement makes '"
              + create.table()
              + "'.");
    }
    putIfAbsent(config, "tableName", create.table());
    putIfAbsent(config, "tableType", "OFFLINE");
    ObjectNode segments = config.withObject("/segmentsConfig");
    putIfAbsent(segments, "schemaName", create.table());
    putIfAbsent(segments, "replication", "1");
    ObjectNode indexing = config.withObject("/tableIndexConfig");
    config.withObject("/tenants");
    config.withObject("/metadata");
    create
        .options()
        .forEach((option, value) -> {
          switch (option) {
            case "config" -> {}
            case "replication" -> segments.put("replication", value);
            case "time_column" -> segments.put("timeColumnName", value);
            case "dimension_table" -> config.put("isDimTable", Boolean.parseBoolean(value));
            case "sorted_column" -> indexing.set("sortedColumn", list(value));
            case "inverted_index_columns" -> indexing.set("invertedIndexColumns", list(value));
            case "range_index_columns" -> indexing.set("rangeIndexColumns", list(value));
            case "no_dictionary_columns" -> indexing.set("noDictionaryColumns", list(value));
            case "bloom_filter_columns" -> indexing.set("bloomFilterColumns", list(value));
            default ->
                throw new CuveeException(
                    ErrorCode.INVALID_TABLE,
                    "There is no option '"
                        + option
                        + "'. Options are "
                        + OPTIONS
                        + "; config takes a whole table config as JSON.");
          }
        });
    return config;
  }

  private static ObjectNode object(String json, String what, ErrorCode code) {
    return (ObjectNode) Json.object(json, what, code);
  }

  private static void putIfAbsent(ObjectNode node, String key, String value) {
    if (!node.hasNonNull(key)) {
      node.put(key, value);
    }
  }

  private static ArrayNode list(String value) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    LIST.splitAsStream(value.strip()).filter(name -> !name.isEmpty()).forEach(list::add);
    return list;
  }

  private static ObjectNode schema(TableStatement.Create create, ObjectNode config) {
    ObjectNode schema = Json.MAPPER.createObjectNode();
    schema.put("schemaName", config.at("/segmentsConfig/schemaName").asText());
    schema.put("enableColumnBasedNullHandling", true);
    create.columns().forEach(column -> add(schema, column));
    create.primaryKey().forEach(schema.withArrayProperty("primaryKeyColumns")::add);
    return schema;
  }

  private static void add(ObjectNode schema, TableStatement.Column column) {
    DataType type = column.type().dataType();
    boolean time = type == DataType.TIMESTAMP && !column.type().isArray();
    ObjectNode field =
        schema
            .withArrayProperty(time ? "dateTimeFieldSpecs" : "dimensionFieldSpecs")
            .addObject()
            .put("name", column.name())
            .put("dataType", type.name());
    if (time) {
      field.put("format", "TIMESTAMP").put("granularity", "1:MILLISECONDS");
    }
    if (column.type().isArray()) {
      field.put("singleValueField", false);
    }
    if (column.notNull()) {
      field.put("notNull", true);
    }
    if (column.defaultText() != null) {
      field.put("defaultNullValue", column.defaultText());
    }
  }

  private String addColumn(TableStatement.AddColumn added, QueryContext context) {
    Catalog.Table table = existing(added.table());
    String name = added.column().name();
    if (added.column().notNull()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Column '"
              + name
              + "' cannot be NOT NULL, because the rows that are there have no value for it.");
    }
    if (table.column(name).isPresent()) {
      if (added.ifNotExists()) {
        return "Column " + name + " exists.";
      }
      throw new CuveeException(
          ErrorCode.CONFLICT, "Table '" + table.name() + "' has a column '" + name + "' already.");
    }
    ObjectNode schema =
        object(
            ask("GET", "/tables/" + encoded(table.name()) + "/schema", ""),
            "schema",
            ErrorCode.INTERNAL);
    add(schema, added.column());
    ask("PUT", "/schemas/" + encoded(schema.path("schemaName").asText()), schema.toString());
    await(
        catalog -> catalog.table(table.name()).flatMap(changed -> changed.column(name)).isPresent(),
        context);
    return "Column " + name + " was added to table " + table.name() + ".";
  }

  private String drop(TableStatement.Drop drop, QueryContext context) {
    if (drop.ifExists() && find(drop.table()).isEmpty()) {
      return "There is no table " + drop.table() + ".";
    }
    Catalog.Table table = existing(drop.table());
    JsonNode schema =
        Json.object(
            ask("GET", "/tables/" + encoded(table.name()) + "/schema", ""),
            "schema",
            ErrorCode.INTERNAL);
    ask("DELETE", "/tables/" + encoded(table.name()), "");
    try {
      ask("DELETE", "/schemas/" + encoded(schema.path("schemaName").asText()), "");
    } catch (CuveeException used) {
      // Another table has the same schema, and keeps it.
    }
    await(catalog -> catalog.table(table.name()).isEmpty(), context);
    return "Table " + table.name() + " was dropped.";
  }

  /// Waits until this broker has heard of a change.
  private void await(Predicate<Catalog> seen, QueryContext context) {
    while (!seen.test(view.current().catalog())) {
      context.check();
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static CuveeException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CuveeException(ErrorCode.QUERY_CANCELLED, "The statement was interrupted.", e);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// The answer of the first controller that can be reached.
  private String ask(String method, String path, String body) {
    List<Instance> controllers =
        view.instances().stream()
            .filter(instance -> instance.role() == Instance.Role.CONTROLLER)
            .toList();
    IOException last = null;
    for (Instance controller : controllers) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("http://" + controller.host() + ":" + controller.httpPort() + path))
              .timeout(PATIENCE)
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body))
              .build();
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 == 2) {
          return answer.body();
        }
        throw refusal(answer);
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    throw new CuveeException(
        ErrorCode.IO,
        "No controller can be reached"
            + (last == null ? "" : " (" + last.getMessage() + ")")
            + ". Tables cannot be changed until one is back.",
        last);
  }

  private static CuveeException refusal(HttpResponse<String> answer) {
    try {
      JsonNode error = Json.object(answer.body(), "answer", ErrorCode.INTERNAL);
      return new CuveeException(
          ErrorCode.ofNumber(error.path("errorCode").asInt(ErrorCode.INTERNAL.number())),
          error.path("error").asText(answer.body()));
    } catch (CuveeException unreadable) {
      return new CuveeException(
          ErrorCode.INTERNAL,
          String.format(
              Locale.ROOT, "The controller answered %d: %s", answer.statusCode(), answer.body()),
          unreadable);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
