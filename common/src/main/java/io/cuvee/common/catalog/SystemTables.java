package io.cuvee.common.catalog;

import io.cuvee.common.catalog.Catalog.Table;
import io.cuvee.common.catalog.Catalog.TableColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The tables that tell about the database itself: `information_schema`, as the SQL standard has
/// it, and `system`. Every catalog has them beside its own tables; the broker makes their rows when
/// it is asked.
public final class SystemTables {
  public static final String CATALOG = "cuvee";

  /// The schema of the users' tables.
  public static final String DEFAULT_SCHEMA = "default";

  public static final String INFORMATION_SCHEMA = "information_schema";
  public static final String SYSTEM = "system";

  /// In order of their names, each with its schema before the name.
  public static final List<Table> ALL;

  private static final Map<String, Table> BY_NAME = new LinkedHashMap<>();

  private static final ColumnType TEXTS = ColumnType.arrayOf(DataType.STRING);
  private static final String[] NAME_OF_TABLE = {"table_catalog", "table_schema", "table_name"};
  private static final String[] NAME_OF_CONSTRAINT = {
    "constraint_catalog", "constraint_schema", "constraint_name"
  };

  static {
    List<Table> tables = new ArrayList<>();
    tables.add(
        table(INFORMATION_SCHEMA, "columns")
            .text(NAME_OF_TABLE)
            .text("column_name")
            .integer("ordinal_position")
            .text("column_default", "is_nullable", "data_type")
            .integer("character_maximum_length", "character_octet_length")
            .integer("numeric_precision", "numeric_precision_radix", "numeric_scale")
            .integer("datetime_precision")
            .text("interval_type")
            .text("character_set_name", "collation_name")
            .text("udt_catalog", "udt_schema", "udt_name")
            .text("is_identity", "is_generated", "is_updatable")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "key_column_usage")
            .text(NAME_OF_CONSTRAINT)
            .text(NAME_OF_TABLE)
            .text("column_name")
            .integer("ordinal_position", "position_in_unique_constraint")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "referential_constraints")
            .text(NAME_OF_CONSTRAINT)
            .text("unique_constraint_catalog", "unique_constraint_schema", "unique_constraint_name")
            .text("match_option", "update_rule", "delete_rule")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "schemata")
            .text("catalog_name", "schema_name", "schema_owner")
            .text("default_character_set_catalog", "default_character_set_schema")
            .text("default_character_set_name", "sql_path")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "table_constraints")
            .text(NAME_OF_CONSTRAINT)
            .text(NAME_OF_TABLE)
            .text("constraint_type", "is_deferrable", "initially_deferred", "enforced")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "tables")
            .text(NAME_OF_TABLE)
            .text("table_type", "self_referencing_column_name", "reference_generation")
            .text("user_defined_type_catalog", "user_defined_type_schema")
            .text("user_defined_type_name", "is_insertable_into", "is_typed", "commit_action")
            .build());
    tables.add(
        table(INFORMATION_SCHEMA, "views")
            .text(NAME_OF_TABLE)
            .text("view_definition", "check_option", "is_updatable", "is_insertable_into")
            .build());
    tables.add(
        table(SYSTEM, "columns")
            .text("table_schema", "table_name", "column_name")
            .integer("position")
            .text("data_type", "field_type")
            .add(ColumnType.BOOLEAN, "is_array", "is_nullable")
            .text("column_default")
            .build());
    tables.add(
        table(SYSTEM, "data_gaps")
            .text("table_name", "physical_table")
            .integer("partition_id")
            .text("segment_name", "server_id")
            .longs("from_offset", "to_offset")
            .build());
    tables.add(
        table(SYSTEM, "disk_caches")
            .text("server_id")
            .longs("budget_bytes", "used_bytes", "segments_on_disk", "segments_on_demand")
            .longs("load_count", "eviction_count")
            .text("problem")
            .build());
    tables.add(
        table(SYSTEM, "functions")
            .text("function_name", "function_type")
            .add(TEXTS, "aliases")
            .text("arguments", "result_type", "description")
            .build());
    tables.add(
        table(SYSTEM, "ingestion")
            .text("table_name", "physical_table")
            .integer("partition_id")
            .text("server_id", "segment_name", "state")
            .longs("current_offset", "latest_offset", "lag", "freshness_ms")
            .longs("row_count", "memory_bytes", "rejected_count")
            .add(ColumnType.TIMESTAMP, "last_consumed_at")
            .text("last_rejection")
            .longs("dead_letter_count", "lost_letter_count")
            .text("problem")
            .build());
    tables.add(instances("instances"));
    tables.add(
        table(SYSTEM, "metrics")
            .text("metric_name", "metric_type", "labels")
            .add(ColumnType.DOUBLE, "metric_value")
            .text("description")
            .build());
    tables.add(
        running("queries")
            .text("state")
            .longs("timeout_ms", "examined_rows", "total_rows")
            .build());
    tables.add(
        running("query_log")
            .text("state")
            .integer("error_code")
            .text("sql_state", "error_message")
            .add(ColumnType.DOUBLE, "queue_ms", "plan_ms", "dispatch_ms", "merge_ms")
            .build());
    tables.add(
        table(SYSTEM, "replicas")
            .text("table_name", "physical_table", "segment_name", "server_id", "state")
            .longs("crc")
            .add(ColumnType.BOOLEAN, "is_current")
            .text("message")
            .build());
    tables.add(
        table(SYSTEM, "segments")
            .text("table_name", "physical_table", "segment_name", "state")
            .longs("row_count", "size_bytes", "crc")
            .add(ColumnType.TIMESTAMP, "created_at")
            .integer("replica_count")
            .add(TEXTS, "servers")
            .text("download_url", "problem")
            .build());
    tables.add(instances("servers"));
    tables.add(table(SYSTEM, "settings").text("setting_name", "setting_value").build());
    tables.add(
        table(SYSTEM, "tables")
            .text("table_schema", "table_name", "table_type")
            .add(ColumnType.BOOLEAN, "is_dimension")
            .integer("column_count")
            .longs("segment_count", "row_count", "size_bytes")
            .add(TEXTS, "physical_tables")
            .text("schema_json", "config_json", "create_statement")
            .build());
    ALL = List.copyOf(tables);
    ALL.forEach(table -> BY_NAME.put(table.name(), table));
  }

  private SystemTables() {}

  private static Columns running(String name) {
    return table(SYSTEM, name)
        .text("query_id", "broker_id", "query")
        .add(ColumnType.TIMESTAMP, "started_at")
        .longs("elapsed_ms")
        .text("client")
        .add(TEXTS, "tables")
        .longs("result_rows", "scanned_rows")
        .integer("servers_queried", "servers_responded")
        .longs("segments_queried", "memory_bytes");
  }

  private static Table instances(String name) {
    return table(SYSTEM, name)
        .text("instance_id", "role", "host")
        .integer("http_port", "data_port")
        .text("state")
        .add(TEXTS, "tenants")
        .longs("incarnation", "segment_count")
        .build();
  }

  private static Columns table(String schema, String name) {
    return new Columns(schema + "." + name);
  }

  private static final class Columns {
    private final String name;
    private final List<TableColumn> columns = new ArrayList<>();

    Columns(String name) {
      this.name = name;
    }

    Columns add(ColumnType type, String... names) {
      for (String column : names) {
        columns.add(new TableColumn(column, type, true));
      }
      return this;
    }

    Columns text(String... names) {
      return add(ColumnType.STRING, names);
    }

    Columns integer(String... names) {
      return add(ColumnType.INT, names);
    }

    Columns longs(String... names) {
      return add(ColumnType.LONG, names);
    }

    Table build() {
      return new Table(name, columns, 100, false);
    }
  }

  /// The system table of this name, which has its schema before it, in any case.
  public static Optional<Table> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  /// Whether a table of this name is, or would be, one of these.
  public static boolean owns(String tableName) {
    int dot = tableName.indexOf('.');
    return dot > 0 && isSystemSchema(tableName.substring(0, dot));
  }

  public static boolean isSystemSchema(String schema) {
    return schema.equalsIgnoreCase(INFORMATION_SCHEMA) || schema.equalsIgnoreCase(SYSTEM);
  }

  /// The schema of a table by its full name.
  public static String schemaOf(String tableName) {
    int dot = tableName.lastIndexOf('.');
    return dot > 0 ? tableName.substring(0, dot) : DEFAULT_SCHEMA;
  }

  /// A table's name within its schema.
  public static String nameInSchema(String tableName) {
    int dot = tableName.lastIndexOf('.');
    return dot > 0 ? tableName.substring(dot + 1) : tableName;
  }
}
