package io.cuvee.engine.consuming;

import io.cuvee.engine.keys.KeyedPartition;
import io.cuvee.execution.page.Page;
import io.cuvee.ingest.completion.EndReason;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Takes batches of messages of one partition into its growing segment, and counts what is no row.
/// For the consuming thread; what it counted can be read by others.
final class Intake {
  private static final DecodedRows NO_ROWS = new DecodedRows(new Page(0, List.of()), new long[0]);

  private final Optional<KeyedPartition> keys;
  private final DeadLetters letters;
  private final BiConsumer<GrowingSegment, OffsetGap> gaps;
  private final Consumer<GrowingSegment> overtaken;
  private final AtomicLong rejected = new AtomicLong();
  private volatile String lastRejection = "";
  private volatile long lastConsumedMillis;
  private volatile long lastMessageMillis = ConsumerStatus.UNKNOWN;

  /// Of the batch at hand.
  private final List<Refused> refused = new ArrayList<>();

  /// A message that is no row.
  private record Refused(StreamMessage message, String reason) {}

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

  /// Notes a message of the batch at hand that is no row.
  void refuse(StreamMessage message, String reason) {
    refused.add(new Refused(message, reason));
  }

  /// Counts those of the refused messages that are before where the segment is now, and keeps them
  /// where the table wants that; the others come again, with the segment after it.
  private void countRefused(GrowingSegment growing) {
    for (Refused one : refused) {
      if (one.message.offset() < growing.position) {
        count(growing, one);
      }
    }
    refused.clear();
  }

  private void count(GrowingSegment growing, Refused one) {
    rejected.incrementAndGet();
    lastRejection = "offset " + one.message.offset() + ": " + one.reason;
    Optional<String> letterTable = growing.table.config().ingestion().deadLetterTable();
    if (letterTable.isPresent()) {
      try {
        letters.add(letterTable.get(), one.message, one.reason);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// The messages of a batch, and their rows.
  record Decoded(MessageBatch batch, List<StreamMessage> messages, DecodedRows rows) {}

  /// @param target messages from this offset on are left out
  /// @throws io.cuvee.common.error.CuveeException `IO` if the messages cannot be read now, as
  ///   without their schema; nothing has changed then
  Decoded decode(RowDecoder decoder, MessageBatch batch, long target) {
    refused.clear();
    List<StreamMessage> wanted =
        target == Long.MAX_VALUE
            ? batch.messages()
            : batch.messages().stream().filter(message -> message.offset() < target).toList();
    return new Decoded(batch, wanted, wanted.isEmpty() ? NO_ROWS : decoder.decode(wanted));
  }

  /// Appends the rows of a batch as far as the segment takes them.
  ///
  /// @param target as of [#decode]
  /// @return why the segment ends, if it does
  Optional<EndReason> append(
      GrowingSegment growing, MessageFeed feed, Decoded decoded, long target) {
    MessageBatch batch = decoded.batch;
    if (batch.gap().isPresent()) {
      OffsetGap gap = batch.gap().get();
      if (gap.to() < gap.from() && growing.rows.rowCount() > 0) {
        // Offsets begin anew: they must not meet the old ones in one segment. The next one hears of
        // it, as the stream may not say it twice.
        feed.putBackAll(batch, growing.position);
        return Optional.of(EndReason.FORCED);
      }
      gaps.accept(growing, gap);
      growing.anew |= gap.to() < gap.from();
    }
    List<StreamMessage> wanted = decoded.messages;
    if (wanted.isEmpty()) {
      moveTo(growing, feed, batch, Math.min(target, batch.nextOffset()));
      return Optional.empty();
    }
    lastConsumedMillis = System.currentTimeMillis();
    lastMessageMillis = wanted.getLast().timestampMillis();
    Optional<KeyedPartition.Appended> done =
        keys.isPresent()
            ? keys.get()
                .append(
                    growing.sequence,
                    growing.rows,
                    decoded.rows,
                    end -> growing.rowsEnd = end,
                    (offset, reason) ->
                        wanted.stream()
                            .filter(message -> message.offset() == offset)
                            .forEach(message -> refuse(message, reason)))
            : Optional.of(append(growing, decoded.rows));
    if (done.isEmpty()) {
      // Others were faster, and theirs is loaded.
      overtaken.accept(growing);
      return Optional.empty();
    }
    DecodedRows rows = done.get().rows();
    int appended = done.get().count();
    boolean isOver = appended < rows.page().rowCount() || growing.isFull();
    // At the end just after the last row, whatever came with it: all replicas that are full with
    // the same row end at the same offset.
    long end =
        !isOver
            ? Math.min(target, batch.nextOffset())
            : appended == 0 ? growing.position : rows.offsets()[appended - 1] + 1;
    if (isOver) {
      growing.rowsEnd = end;
    }
    moveTo(growing, feed, batch, end);
    countRefused(growing);
    return isOver ? Optional.of(fullness(growing)) : Optional.empty();
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
