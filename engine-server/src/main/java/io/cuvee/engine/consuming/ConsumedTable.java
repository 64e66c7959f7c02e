package io.cuvee.engine.consuming;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.consuming.ConsumingOptions;

/// What a table's config and schema say to its consumers, at the moment when a segment begins.
record ConsumedTable(TableConfig config, Schema schema, StreamConfig stream, IngestionRules rules) {
  /// A sealed segment takes about half of what its rows took while it consumed.
  private static final int GROWN = 2;

  private static final long MOST_BYTES = 4L << 30;

  static ConsumedTable of(TableConfig config, Schema schema) {
    return new ConsumedTable(
        config,
        schema,
        StreamConfig.parse(config.streamConfigs()),
        IngestionRules.of(config, schema));
  }

  /// A segment ends with all rows of a message, however many these are.
  private int rowLimit() {
    int most = rules.nested().isPresent() ? NestedFields.MAX_ROWS - 1 : 0;
    return Math.min(Integer.MAX_VALUE - most, stream.flush().rows()) + most;
  }

  ConsumingOptions options() {
    long bytes =
        stream
            .flush()
            .size()
            .map(size -> Math.min(MOST_BYTES, size.bytes() * GROWN))
            .orElse(ConsumingOptions.DEFAULT.memoryLimit().bytes());
    return new ConsumingOptions(IndexingOptions.of(config), rowLimit(), new DataSize(bytes));
  }
}
