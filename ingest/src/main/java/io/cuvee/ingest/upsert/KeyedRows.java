package io.cuvee.ingest.upsert;

import io.cuvee.execution.page.Page;

/// Rows that go into a segment, with their keys.
///
/// @param offsets of the message of each row
/// @param high the first 64 bits of each key
/// @param low the others
/// @param comparisons which of two rows of a key is newer
/// @param deleted whether a row deletes its key
public record KeyedRows(
    Page page, long[] offsets, long[] high, long[] low, long[] comparisons, boolean[] deleted) {}
