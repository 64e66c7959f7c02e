package io.cuvee.benchmarks.pinot;

import io.cuvee.benchmarks.ssb.SsbColumn;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.benchmarks.ssb.SsbTrees;
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

  private static List<StarTreeIndexConfig> starTrees() {
    return SsbTrees.ALL.stream().map(PinotTable::starTree).toList();
  }

  private static StarTreeIndexConfig starTree(SsbTrees.Tree tree) {
    List<String> sums =
        switch (tree.sum()) {
          case SsbTrees.DISCOUNTED -> List.of("SUM__" + PRODUCT);
          case SsbTrees.PROFIT -> List.of("SUM__lo_revenue", "SUM__lo_supplycost");
          default -> List.of("SUM__" + tree.sum());
        };
    return new StarTreeIndexConfig(
        tree.dimensions(), null, sums, null, SsbTrees.MAX_LEAF_RECORDS);
  }
}
