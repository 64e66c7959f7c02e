package io.cuvee.segment.build;

import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// What to build: identity, columns, how they are stored, and within which memory.
///
/// @param table physical table, `flights_OFFLINE`
/// @param segment name, unique in the table
/// @param schema its fields, in order, are the columns of the pages to come
/// @param starTrees aggregates that are made ahead
/// @param memoryLimit what a build may take, roughly: rows that do not fit wait on disk, and fewer
///   columns are written at a time. One column at least is, which takes 16 to 24 bytes a row; the
///   order of a segment that is sorted takes 4 more
/// @param threads that collect and write columns; the result is the same for any number
/// @param createdMillis stored in the metadata, outside the CRC
public record SegmentSpec(
    String table,
    String segment,
    Schema schema,
    long schemaVersion,
    IndexingOptions indexing,
    StarTreeOptions starTrees,
    DataSize memoryLimit,
    int threads,
    long createdMillis) {
  /// For builds of which nothing else is said.
  public static final DataSize DEFAULT_MEMORY_LIMIT = new DataSize(512L << 20);

  public SegmentSpec {
    Names.check("Table name", table, ErrorCode.INVALID_TABLE);
    Names.check("Segment name", segment, ErrorCode.INVALID_INPUT);
    if (threads < 1) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, threads + " threads cannot build a segment. Give at least 1.");
    }
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
        Runtime.getRuntime().availableProcessors(),
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
        table, segment, schema, schemaVersion, options, starTrees, memoryLimit, threads, createdMillis);
  }

  public SegmentSpec withStarTrees(StarTreeOptions trees) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, trees, memoryLimit, threads, createdMillis);
  }

  public SegmentSpec withSchemaVersion(long version) {
    return new SegmentSpec(
        table, segment, schema, version, indexing, starTrees, memoryLimit, threads, createdMillis);
  }

  public SegmentSpec withMemoryLimit(DataSize limit) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, limit, threads, createdMillis);
  }

  public SegmentSpec withThreads(int number) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, memoryLimit, number, createdMillis);
  }

  public SegmentSpec withCreatedMillis(long millis) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, memoryLimit, threads, millis);
  }
}
