package io.cuvee.segment.build;

import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.ErrorCode;

/// What to build: identity, columns, how they are stored, and within which memory.
///
/// @param table physical table, `flights_OFFLINE`
/// @param segment name, unique in the table
/// @param schema its fields, in order, are the columns of the pages to come
/// @param starTrees aggregates that are made ahead
/// @param limits of the build; the result is the same for any
/// @param createdMillis stored in the metadata, outside the CRC
public record SegmentSpec(
    String table,
    String segment,
    Schema schema,
    long schemaVersion,
    IndexingOptions indexing,
    StarTreeOptions starTrees,
    BuildLimits limits,
    long createdMillis) {
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
        BuildLimits.DEFAULT,
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
        table, segment, schema, schemaVersion, options, starTrees, limits, createdMillis);
  }

  public SegmentSpec withStarTrees(StarTreeOptions trees) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, trees, limits, createdMillis);
  }

  public SegmentSpec withSchemaVersion(long version) {
    return new SegmentSpec(
        table, segment, schema, version, indexing, starTrees, limits, createdMillis);
  }

  public SegmentSpec withLimits(BuildLimits limits) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, limits, createdMillis);
  }

  public SegmentSpec withCreatedMillis(long millis) {
    return new SegmentSpec(
        table, segment, schema, schemaVersion, indexing, starTrees, limits, millis);
  }
}
