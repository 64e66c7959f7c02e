package io.cuvee.engine.consuming;

import io.cuvee.engine.keys.KeyedPartition;
import io.cuvee.execution.page.Page;
import io.cuvee.ingest.completion.EndReason;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.StreamMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Takes batches of messages of one partition into its growing segment, and counts what is no row.
/// For the consuming thread; what it counted can be read by others.
final class Intake {
  private final Optional<KeyedPartition> keys;
  private final DeadLetters letters;
  private final BiConsumer<GrowingSegment, OffsetGap> gaps;
  private final Consumer<GrowingSegment> overtaken;
  private final AtomicLong rejected = new AtomicLong();
  private volatile String lastRejection = "";
  private volatile long lastConsumedMillis;
  private volatile long lastMessageMillis = ConsumerStatus.UNKNOWN;

  /// @param gaps hears of offsets that the stream does not have
  /// @param overtaken hears of a segment that is served in its sealed form by now
  Intake(
      Optional<KeyedPartition> keys,
      DeadLetters letters,
      BiConsumer<GrowingSegment, OffsetGap> gaps,
      Consumer<GrowingSegment> overtaken) {
    this.keys = keys;
    this.letters = letters;
    this.gaps = gaps;
    this.overtaken = overtaken;
  }

  DeadLetters letters() {
    return letters;
  }

  /// Messages that were no rows.
  long rejected() {
    return rejected.get();
  }

  /// Why the last of them was none.
  String lastRejection() {
    return lastRejection;
  }

  long lastConsumedMillis() {
    return lastConsumedMillis;
  }

  /// When the stream got the last message.
  long lastMessageMillis() {
    return lastMessageMillis;
  }

  /// Counts a message that is no row, and keeps it where the table wants that.
  void refuse(GrowingSegment growing, StreamMessage message, String reason) {
    rejected.incrementAndGet();
    lastRejection = "offset " + message.offset() + ": " + reason;
    Optional<String> letterTable = growing.table.config().ingestion().deadLetterTable();
    if (letterTable.isPresent()) {
      try {
        letters.add(letterTable.get(), message, reason);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Appends the rows of a batch as far as the segment takes them.
  ///
  /// @param target messages from this offset on are left out
  /// @return why the segment ends, if it does
  Optional<EndReason> append(
      GrowingSegment growing,
      MessageFeed feed,
      RowDecoder decoder,
      MessageBatch batch,
      long target) {
    if (batch.gap().isPresent()) {
      OffsetGap gap = batch.gap().get();
      if (gap.to() < gap.from() && growing.rows.rowCount() > 0) {
        // Offsets begin anew: they must not meet the old ones in one segment.
        feed.close();
        return Optional.of(EndReason.FORCED);
      }
      gaps.accept(growing, gap);
      growing.anew |= gap.to() < gap.from();
    }
    List<StreamMessage> wanted =
        target == Long.MAX_VALUE
            ? batch.messages()
            : batch.messages().stream().filter(message -> message.offset() < target).toList();
    if (wanted.isEmpty()) {
      moveTo(growing, feed, batch, Math.min(target, batch.nextOffset()));
      return Optional.empty();
    }
    lastConsumedMillis = System.currentTimeMillis();
    lastMessageMillis = wanted.getLast().timestampMillis();
    DecodedRows decoded = decoder.decode(wanted);
    Optional<KeyedPartition.Appended> done =
        keys.isPresent()
            ? keys.get()
                .append(
                    growing.sequence,
                    growing.rows,
                    decoded,
                    end -> growing.rowsEnd = end,
                    (offset, reason) ->
                        wanted.stream()
                            .filter(message -> message.offset() == offset)
                            .forEach(message -> refuse(growing, message, reason)))
            : Optional.of(append(growing, decoded));
    if (done.isEmpty()) {
      // Others were faster, and theirs is loaded.
      overtaken.accept(growing);
      return Optional.empty();
    }
    DecodedRows rows = done.get().rows();
    int appended = done.get().count();
    if (appended < rows.page().rowCount() || growing.isFull()) {
      // Just after the last row, whatever came with it: all replicas that are full with the same
      // row end at the same offset.
      long end = appended == 0 ? growing.position : rows.offsets()[appended - 1] + 1;
      growing.rowsEnd = end;
      moveTo(growing, feed, batch, end);
      return Optional.of(fullness(growing));
    }
    moveTo(growing, feed, batch, Math.min(target, batch.nextOffset()));
    return Optional.empty();
  }

  private static KeyedPartition.Appended append(GrowingSegment growing, DecodedRows rows) {
    int room = growing.room(rows.offsets());
    if (room > 0) {
      growing.rowsEnd = rows.offsets()[room - 1] + 1;
    }
    Page page = room < rows.page().rowCount() ? rows.page().slice(0, room) : rows.page();
    return new KeyedPartition.Appended(rows, growing.rows.append(page));
  }

  private static void moveTo(
      GrowingSegment growing, MessageFeed feed, MessageBatch batch, long offset) {
    growing.position = offset;
    feed.putBack(batch, offset);
  }

  private static EndReason fullness(GrowingSegment growing) {
    return growing.rows.rowCount() >= growing.table.stream().flush().rows()
        ? EndReason.ROWS
        : EndReason.SIZE;
  }
}
