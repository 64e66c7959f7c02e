package io.cuvee.engine.consuming;

import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.stream.StreamSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a partition on over the borders of segments: what one segment had no room for is given to
/// the next one, without asking the stream again. For one thread.
final class MessageFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MessageFeed.class);

  private final StreamSource source;
  private final int partition;
  private @Nullable PartitionReader reader;
  private long readerAt;
  private @Nullable MessageBatch left;
  private long leftFrom;

  MessageFeed(StreamSource source, int partition) {
    this.source = source;
    this.partition = partition;
  }

  /// The messages from an offset on; waits for them at most so long.
  MessageBatch take(long offset, Duration timeout) {
    MessageBatch kept = left;
    left = null;
    if (kept != null && leftFrom == offset) {
      return kept;
    }
    PartitionReader current = reader;
    if (current == null || readerAt != offset) {
      close();
      current = reader = source.open(partition, offset);
      readerAt = offset;
    }
    MessageBatch batch = current.fetch(timeout);
    readerAt = batch.nextOffset();
    return batch;
  }

  /// Gives back the messages of the last batch from an offset on.
  void putBack(MessageBatch batch, long offset) {
    if (offset != batch.nextOffset()) {
      List<StreamMessage> rest =
          batch.messages().stream().filter(message -> message.offset() >= offset).toList();
      left = new MessageBatch(rest, batch.nextOffset(), Optional.empty());
      leftFrom = offset;
    }
  }

  /// Gives back a whole batch, for whoever reads on at this offset.
  void putBackAll(MessageBatch batch, long offset) {
    left = batch;
    leftFrom = offset;
  }

  /// Of the next message that will come, as far as the stream has told.
  OptionalLong latestOffset() {
    PartitionReader current = reader;
    return current == null ? OptionalLong.empty() : current.latestOffset();
  }

  @Override
  public void close() {
    left = null;
    PartitionReader closing = reader;
    reader = null;
    if (closing == null) {
      return;
    }
    // Clients that are interrupted do not say goodbye.
    boolean interrupted = Thread.interrupted();
    try {
      closing.close();
    } catch (RuntimeException e) {
      // It is not read from any more.
      LOG.debug("A reader of partition {} did not close well", partition, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
