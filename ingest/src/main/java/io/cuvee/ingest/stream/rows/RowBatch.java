package io.cuvee.ingest.stream.rows;

import java.nio.ByteBuffer;

/// Rows that are written together or not at all.
///
/// @param key under which they are written once
/// @param count how many, at least one
/// @param rows one after the other, each with its length in four bytes before it
public record RowBatch(RowKey key, int count, ByteBuffer rows) {}
