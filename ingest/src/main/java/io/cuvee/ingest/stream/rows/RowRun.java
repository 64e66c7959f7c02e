package io.cuvee.ingest.stream.rows;

import java.nio.ByteBuffer;

/// Rows that follow each other in a log.
///
/// @param offset of the first; each row has one offset
/// @param timestampMillis when they were written
/// @param count how many
/// @param rows one after the other, each with its length in four bytes before it
public record RowRun(long offset, long timestampMillis, int count, ByteBuffer rows) {}
