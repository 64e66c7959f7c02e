package io.cuvee.segment.build;

import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.ErrorCode;

/// What to build: identity, columns, how they are stored, and within which memory.
///
/// @param table physical table, `flights_OFFLINE`
/// @param segment name, unique in the table
/// @param schema its fields, in order, are the columns of the pages to come
/// @param starTrees aggregates that are made ahead
/// @param memoryLimit the most heap that collected rows may take; a build beyond it fails with
///   `MEMORY_LIMIT`
/// @param createdMillis stored in the metadata, outside the CRC
public record SegmentSpec(
    String table,
    String segment,
    Schema schema,
    long schemaVersion,
    IndexingOptions indexing,
    StarTreeOptions starTrees,
    DataSize memoryLimit,
    long createdMillis) {
  private static final DataSize DEFAULT_MEMORY_LIMIT = new DataSize(512L << 20);

  public SegmentSpec {
    Names.check("Table name", table, ErrorCode.INVALID_TABLE);
    Names.check("Segment name", segment, ErrorCode.INVALID_INPUT);
  }

  /// A segment without sort order and indexes.
  public static SegmentSpec of(String table, String segment, Schema schema) {
    return new SegmentSpec(
        table,
        segment,
        schema,
        0,
        IndexingOptions.NONE,
        StarTreeOptions.NONE,
        DEFAULT_MEMORY_LIMIT,
        System.currentTimeMillis());
  }

  /// A segment as the table's config wants it.
  public static SegmentSpec of(TableConfig config, String segment, Schema schema) {
    return of(config.physicalName(), segment, schema)
        .withIndexing(IndexingOptions.of(config))
        .withStarTrees(StarTreeOptions.of(config));
  }

  public SegmentSpec withIndexing(IndexingOptions options) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, options, starTrees, memoryLimit, createdMillis);
  }

  public SegmentSpec withStarTrees(StarTreeOptions trees) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, trees, memoryLimit, createdMillis);
  }

  public SegmentSpec withSchemaVersion(long version) {
    return new SegmentSpec(
        table, segment, schema, version, indexing, starTrees, memoryLimit, createdMillis);
  }

  public SegmentSpec withMemoryLimit(DataSize limit) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, limit, createdMillis);
  }

  public SegmentSpec withCreatedMillis(long millis) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, memoryLimit, millis);
  }
}
