package io.cuvee.broker.system;

import static io.cuvee.broker.system.SystemRows.row;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of `information_schema`.
final class InformationSchema {
  private static final String CATALOG = SystemTables.CATALOG;

  private InformationSchema() {}

  static Stream<List<@Nullable Object>> schemata(Catalog catalog) {
    return Relation.schemas(catalog).stream()
        .map(schema -> row(CATALOG, schema, null, null, null, "UTF8", null));
  }

  static Stream<List<@Nullable Object>> tables(Catalog catalog) {
    return Relation.of(catalog).stream()
        .map(relation ->
            row(
                CATALOG,
                relation.schema(),
                relation.name(),
                relation.isSystem() ? "SYSTEM VIEW" : "BASE TABLE",
                null,
                null,
                null,
                null,
                null,
                "NO",
                "NO",
                null));
  }

  static Stream<List<@Nullable Object>> columns(Catalog catalog, ClusterRows cluster) {
    return Relation.of(catalog).stream()
        .flatMap(relation ->
            IntStream.range(0, relation.table().columns().size())
                .mapToObj(i -> column(relation, i, cluster)));
  }

  private static List<@Nullable Object> column(Relation relation, int index, ClusterRows cluster) {
    Catalog.TableColumn column = relation.table().columns().get(index);
    ColumnType type = column.type();
    DataType scalar = type.dataType();
    TypeFacts facts = TypeFacts.of(scalar);
    boolean isNumeric = scalar.isNumeric() && !type.isArray();
    boolean isExact = isNumeric && scalar != DataType.FLOAT && scalar != DataType.DOUBLE;
    boolean isText = scalar.isText() && !type.isArray();
    return row(
        CATALOG,
        relation.schema(),
        relation.name(),
        column.name(),
        index + 1,
        cluster
            .field(relation.table().name(), column.name())
            .flatMap(FieldSpec::defaultText)
            .orElse(null),
        column.nullable() ? "YES" : "NO",
        type.sqlName(),
        null,
        null,
        isNumeric ? facts.precision() : null,
        isNumeric ? 10 : null,
        isExact ? TypeFacts.digits(scalar) : null,
        scalar == DataType.TIMESTAMP && !type.isArray() ? TypeFacts.digits(scalar) : null,
        null,
        isText ? "UTF8" : null,
        null,
        CATALOG,
        SystemTables.INFORMATION_SCHEMA,
        type.sqlName(),
        "NO",
        "NEVER",
        "NO");
  }
}
