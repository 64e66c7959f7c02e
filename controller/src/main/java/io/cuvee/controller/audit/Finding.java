package io.cuvee.controller.audit;

/// Something that is not as it should be.
///
/// @param table physical table; empty if it is of none
/// @param segment empty if it is of no segment
/// @param where the server, the object, the partition or the text that it is about; else empty
/// @param detail a sentence
public record Finding(Kind kind, String table, String segment, String where, String detail) {
  /// What can be wrong.
  public enum Kind {
    /// A text of the metadata cannot be read.
    UNREADABLE_METADATA,
    /// A table's config names a schema that is not there.
    TABLE_WITHOUT_SCHEMA,
    /// Segments have records, and their table has no config.
    SEGMENTS_WITHOUT_TABLE,
    /// Messages of a stream are in no segment between two of its segments.
    OFFSET_GAP,
    /// Messages of a stream are in two segments.
    OFFSET_OVERLAP,
    /// Nobody consumes a partition of a stream, and the table is not paused.
    NOT_CONSUMED,
    /// The deep store does not have a segment's object.
    OBJECT_MISSING,
    /// A segment's object could not be read, for whatever reason.
    OBJECT_UNREADABLE,
    /// A segment's object has another size than the one that was stored.
    OBJECT_SIZE,
    /// A segment's object is no sound segment.
    OBJECT_DAMAGED,
    /// A segment's object is a sound segment, but another one.
    OBJECT_DIFFERS,
    /// The deep store has an object that belongs to no segment.
    ORPHAN_OBJECT,
    /// No live server has a segment.
    UNAVAILABLE,
    /// Fewer live servers have a segment than the table wants.
    UNDER_REPLICATED,
    /// A server serves other rows than those of the segment's record.
    REPLICA_DIFFERS,
    /// A server could not load a segment.
    REPLICA_ERROR,
    /// A server has, or is to have, a segment without a record.
    REPLICA_WITHOUT_SEGMENT
  }

  /// Whether both are about the same thing, whatever the words.
  boolean isSameAs(Finding other) {
    return kind == other.kind
        && table.equals(other.table)
        && segment.equals(other.segment)
        && where.equals(other.where);
  }
}
