package io.cuvee.benchmarks.pinot;

import io.cuvee.benchmarks.ssb.SsbColumn;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.pinot.spi.config.table.StarTreeIndexConfig;
import org.apache.pinot.spi.config.table.TableConfig;
import org.apache.pinot.spi.config.table.TableType;
import org.apache.pinot.spi.data.FieldSpec.DataType;
import org.apache.pinot.spi.data.Schema;
import org.apache.pinot.spi.utils.builder.TableConfigBuilder;

/// How Pinot stores the rows.
final class PinotTable {
  /// A star-tree sums columns only, so this is stored: `lo_extendedprice * lo_discount`.
  static final String PRODUCT = "lo_epdisc";

  private static final int MAX_LEAF_RECORDS = 10_000;

  private PinotTable() {}

  static Schema schema(boolean hasStarTrees) {
    Schema.SchemaBuilder schema = new Schema.SchemaBuilder().setSchemaName(SsbTable.NAME);
    for (SsbColumn column : SsbTable.COLUMNS) {
      DataType type =
          switch (column.kind()) {
            case INT -> DataType.INT;
            case LONG -> DataType.LONG;
            case TEXT -> DataType.STRING;
          };
      if (column.isMetric()) {
        schema.addMetric(column.name(), type);
      } else {
        schema.addSingleValueDimension(column.name(), type);
      }
    }
    if (hasStarTrees) {
      schema.addMetric(PRODUCT, DataType.LONG);
    }
    return schema.build();
  }

  static TableConfig config(boolean hasStarTrees) {
    List<String> raw = new ArrayList<>(SsbTable.RAW_COLUMNS);
    if (hasStarTrees) {
      raw.add(PRODUCT);
    }
    TableConfigBuilder config =
        new TableConfigBuilder(TableType.OFFLINE)
            .setTableName(SsbTable.NAME)
            .setSortedColumn(SsbTable.SORTED_COLUMN)
            .setInvertedIndexColumns(SsbTable.INDEXED_COLUMNS)
            .setCreateInvertedIndexDuringSegmentGeneration(true)
            .setNoDictionaryColumns(raw);
    if (hasStarTrees) {
      config.setStarTreeIndexConfigs(starTrees());
    }
    return config.build();
  }

  /// One for each kind of query of the benchmark.
  private static List<StarTreeIndexConfig> starTrees() {
    List<String> revenue = List.of("SUM__lo_revenue");
    List<String> profit = List.of("SUM__lo_revenue", "SUM__lo_supplycost");
    return List.of(
        tree(
            List.of("SUM__" + PRODUCT),
            "d_year",
            "d_yearmonthnum",
            "d_weeknuminyear",
            "lo_discount",
            "lo_quantity"),
        tree(revenue, "s_region", "p_category", "p_brand", "d_year"),
        tree(revenue, "c_region", "s_region", "d_year", "c_nation", "s_nation"),
        tree(revenue, "c_nation", "s_nation", "c_city", "s_city", "d_year", "d_yearmonthnum"),
        tree(
            profit,
            "c_region",
            "s_region",
            "p_mfgr",
            "d_year",
            "c_nation",
            "s_nation",
            "p_category"),
        tree(profit, "s_nation", "p_category", "d_year", "s_city", "p_brand"));
  }

  private static StarTreeIndexConfig tree(List<String> sums, String... dimensions) {
    return new StarTreeIndexConfig(List.of(dimensions), null, sums, null, MAX_LEAF_RECORDS);
  }
}
