package io.cuvee.ingest.stream;

import org.jspecify.annotations.Nullable;

/// One message of a partition. Its arrays must not be changed.
///
/// @param offset ascends within a partition, not always by one
/// @param timestampMillis when the producer or the stream says it was made; negative if they do not
/// @param value absent for a deletion in a compacted topic
public record StreamMessage(
    long offset, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {}
