package io.cuvee.controller.rows;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.RowLogRecord;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.transform.IngestionRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What rows that come over HTTP have to fit, and the logs that take them. The metadata are asked
/// for each request, in one question, since a table that was made anew has other logs; texts are
/// read again only if they changed. Thread-safe.
final class RowTargets {
  private final MetadataStore metadata;

  /// By physical table.
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /// A table as its metadata were last.
  private record Known(String config, String schema, Target target) {}

  /// The live half of a table.
  ///
  /// @param rules that its rows have to fit
  record Target(TableConfig config, StreamConfig stream, IngestionRules rules) {}

  /// A table and its logs as they are now.
  record Found(Target target, List<Partition> logs) {}

  RowTargets(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /// @param name of the table, logical or physical
  /// @return empty if it has no live half with a schema
  Optional<Found> find(String name) {
    Names.check("Table name", name, ErrorCode.INVALID_TABLE);
    if (name.endsWith("_" + TableType.OFFLINE)) {
      return Optional.empty();
    }
    String table = TableType.REALTIME.physicalName(TableType.logicalName(name));
    @Nullable Known before = known.get(table);
    String configPath = "tables/" + table;
    String schemaPath =
        "schemas/"
            + (before == null
                ? TableType.logicalName(name)
                : before.target().config().schemaName());
    String logsPath = RowLogRecord.path(table);
    Map<String, Versioned<String>> texts =
        metadata.getEach(List.of(configPath, schemaPath, logsPath));
    @Nullable String config = text(texts.get(configPath));
    if (config == null) {
      return Optional.empty();
    }
    @Nullable String schema = text(texts.get(schemaPath));
    Target target;
    if (before != null && before.config().equals(config) && before.schema().equals(schema)) {
      target = before.target();
    } else {
      TableConfig parsed = TableConfig.parse(config);
      String ownSchema = "schemas/" + parsed.schemaName();
      String present =
          ownSchema.equals(schemaPath) ? schema : text(metadata.get(ownSchema).orElse(null));
      if (present == null) {
        return Optional.empty();
      }
      target =
          new Target(
              parsed,
              StreamConfig.parse(parsed.streamConfigs()),
              IngestionRules.of(parsed, Schema.parse(present)));
      known.put(table, new Known(config, present, target));
    }
    return Optional.of(new Found(target, logs(text(texts.get(logsPath)))));
  }

  /// The logs of a table as they are now.
  List<Partition> logs(TableConfig config) {
    return logs(text(metadata.get(RowLogRecord.path(config.physicalName())).orElse(null)));
  }

  private static List<Partition> logs(@Nullable String text) {
    return text == null ? List.of() : RowLogRecord.parse(text).partitions();
  }

  private static @Nullable String text(@Nullable Versioned<String> text) {
    return text == null ? null : text.value();
  }
}
