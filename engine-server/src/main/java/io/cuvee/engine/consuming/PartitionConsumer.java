package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.engine.keys.KeyedPartition;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.EndReason;
import io.cuvee.ingest.completion.ReplicaAction;
import io.cuvee.ingest.completion.ReplicaProtocol;
import io.cuvee.ingest.decode.MessageDecoder;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.StreamSource;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Consumes one partition of a stream on a thread of its own: a chain of at most two segments that
/// are not sealed yet. When the end of one is agreed, the next begins at once, while a second
/// thread seals the first; so queries see new rows all the time. It takes part in queries as if the
/// chain were one segment, until a commit gives the second link its own name.
///
/// What fails is tried again from the offset of the last row, or if rows may be half written, from
/// where the segment began; until then the consumer says what is wrong. Thread-safe.
final class PartitionConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionConsumer.class);

  private static final Duration LETTERS_LIMIT = Duration.ofSeconds(10);
  private static final Duration FETCH = Duration.ofMillis(100);
  private static final long ASK_MILLIS = 50;
  private static final long LONGEST_ASK_MILLIS = 1_000;
  private static final long FIRST_RETRY_MILLIS = 500;
  private static final long LAST_RETRY_MILLIS = 30_000;
  private static final long KEYS_MILLIS = 200;
  private static final int MAX_CHAIN = 2;
  private static final int MAX_GAPS = 100;

  /// What a consumer works with.
  interface Surroundings {
    String server();

    /// The table as its metadata is now.
    ConsumedTable table();

    ConsumptionControl control();

    LeaderClient leader();

    Sealer sealer();

    /// The primary keys of the partition, if the table has any.
    default Optional<KeyedPartition> keys() {
      return Optional.empty();
    }
  }

  private final String table;
  private final int partition;
  private final Surroundings surroundings;
  private final StreamSource source;
  private final Optional<KeyedPartition> keys;
  private final Sealing sealing;
  private final Intake intake;
  private final Thread thread;

  // Guarded by this object's lock.
  private final Deque<GrowingSegment> chain = new ArrayDeque<>();
  private final TreeMap<Long, SegmentRecord> assigned = new TreeMap<>();

  private final PartitionView view = new PartitionView(chain);
  private boolean closed;

  private volatile long latestOffset = ConsumerStatus.UNKNOWN;
  private volatile String problem = "";

  PartitionConsumer(String table, int partition, Surroundings surroundings, StreamSource source) {
    this.table = table;
    this.partition = partition;
    this.surroundings = surroundings;
    this.source = source;
    this.keys = surroundings.keys();
    this.intake =
        new Intake(
            keys,
            new DeadLetters(TableType.logicalName(table), partition, surroundings.leader()),
            this::note,
            this::abandon);
    this.sealing = new Sealing(table, surroundings, failure -> problem = failure);
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("consume-" + table + "-" + partition)
            .unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  // What the cluster wants.

  /// This server should consume the segment.
  synchronized void assign(SegmentRecord record) {
    StreamRange range = record.stream().orElseThrow();
    assigned.put(range.sequence(), record);
    source.committed(partition, range.startOffset());
    // There is one open segment at a time: those before it are sealed, heard of or not. The last of
    // them answers here until its sealed form does.
    assigned.headMap(range.sequence() - 1).clear();
    boolean wrong = false;
    for (GrowingSegment growing : List.copyOf(chain)) {
      if (growing.sequence < range.sequence() - (growing.isRecorded() ? 1 : 0)) {
        drop(growing);
      }
      if (growing.sequence == range.sequence()) {
        wrong = growing.startOffset != range.startOffset();
        if (!wrong) {
          growing.record(record);
        }
      }
      // What began where the committed segment did not end.
      if (wrong) {
        hide(growing);
      }
    }
    notifyAll();
  }

  synchronized boolean holds(String segment) {
    return assigned.values().stream().anyMatch(record -> record.name().equals(segment));
  }

  /// Waits until the completion of a segment has nothing left to do here.
  synchronized void awaitSettled(String segment, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!closed) {
      boolean working = false;
      for (GrowingSegment growing : chain) {
        working |=
            growing.name().equals(segment)
                && growing.isFrozen()
                && !growing.isSettled()
                && !growing.stale;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (!working || left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /// The segment is served in its sealed form, or is not to be held here any more.
  ///
  /// @param committedEnd where the sealed form ends; absent if it is not to be held
  /// @return whether there is nothing left to consume
  synchronized boolean end(String segment, OptionalLong committedEnd) {
    Iterator<Map.Entry<Long, SegmentRecord>> records = assigned.entrySet().iterator();
    while (records.hasNext()) {
      Map.Entry<Long, SegmentRecord> record = records.next();
      if (record.getValue().name().equals(segment)) {
        records.remove();
        if (committedEnd.isPresent()) {
          view.sealed(record.getKey(), segment, committedEnd.getAsLong());
          dropUnlessFollowing(record.getKey(), committedEnd.getAsLong());
        }
        for (GrowingSegment growing : List.copyOf(chain)) {
          if (growing.sequence == record.getKey()) {
            drop(growing);
          }
        }
      }
    }
    notifyAll();
    return assigned.isEmpty() && chain.stream().allMatch(growing -> growing.stale);
  }

  /// What went ahead from another offset than the committed one leaves out rows, or has them twice.
  private void dropUnlessFollowing(long sequence, long committedEnd) {
    boolean follows = true;
    for (GrowingSegment growing : List.copyOf(chain)) {
      if (growing.sequence == sequence + 1) {
        follows = growing.startOffset == committedEnd;
      }
      if (growing.sequence > sequence && !follows) {
        drop(growing);
      }
    }
  }

  /// A frozen segment goes at once; one that is being written when its writer has seen that.
  private void drop(GrowingSegment growing) {
    hide(growing);
    if (growing.isFrozen()) {
      chain.remove(growing);
      growing.rows.close();
    }
  }

  /// No query sees its rows any more.
  private void hide(GrowingSegment growing) {
    growing.stale = true;
    keys.ifPresent(known -> known.dropped(growing.sequence, growing.rows));
  }

  /// Whether the rows that were consumed are those of the sealed segment.
  synchronized boolean isSame(String segment, OptionalLong committedEnd, int docCount) {
    return committedEnd.isPresent()
        && view.until(segment, committedEnd.getAsLong())
            .filter(growing -> growing.rows.rowCount() == docCount)
            .isPresent();
  }

  /// Control may have changed.
  synchronized void wake() {
    notifyAll();
  }

  // What queries see.

  /// The rows of a segment if they end just there.
  synchronized Optional<ConsumingSnapshot> until(String segment, long end) {
    return view.until(segment, end).flatMap(growing -> growing.rows.snapshot());
  }

  /// A segment and all after it, as far as they follow each other without a gap.
  ///
  /// @param atLeast offset up to which the rows must go
  /// @return empty if the segment is not known here, or not as far
  synchronized Optional<StreamConsumers.Onward> onward(String segment, long atLeast) {
    return view.onward(segment, atLeast);
  }

  /// Rows were shown up to an offset elsewhere; 0 if that is not known.
  ///
  /// @return the same here or elsewhere
  long shown(long offset) {
    return view.shown(offset);
  }

  synchronized ConsumerStatus status() {
    GrowingSegment last = chain.peekLast();
    return new ConsumerStatus(
        table,
        partition,
        last == null ? "" : last.name(),
        last == null ? ConsumerStatus.UNKNOWN : last.position,
        latestOffset,
        last == null ? 0 : last.rows.rowCount(),
        chain.stream().mapToLong(growing -> growing.rows.memoryBytes()).sum(),
        intake.rejected(),
        intake.lastRejection(),
        intake.letters().sent(),
        intake.letters().lost(),
        last == null ? List.of() : List.copyOf(last.gaps),
        intake.lastConsumedMillis(),
        intake.lastMessageMillis(),
        surroundings.control().paused(),
        problem);
  }

  // The consuming thread.

  private void run() {
    long pause = FIRST_RETRY_MILLIS;
    try (MessageFeed feed = new MessageFeed(source, partition)) {
      while (true) {
        GrowingSegment growing = null;
        try {
          if (!awaitWork()) {
            return;
          }
          growing = begin(surroundings.table());
          if (growing != null) {
            consume(growing, feed);
          }
          pause = FIRST_RETRY_MILLIS;
        } catch (RuntimeException | Error failure) {
          // Rows may be half written.
          problem = String.valueOf(failure.getMessage());
          LOG.warn(
              "Consumption of {} partition {} stopped; next try in {} ms",
              table,
              partition,
              pause,
              failure);
          if (growing != null) {
            abandon(growing);
          }
          feed.close();
          Thread.sleep(pause);
          pause = Math.min(LAST_RETRY_MILLIS, pause * 2);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Consumer of {} partition {} ends", table, partition);
    } finally {
      closeChain();
    }
  }

  private synchronized void abandon(GrowingSegment growing) {
    if (!growing.isFrozen()) {
      hide(growing);
    }
  }

  private synchronized boolean awaitWork() throws InterruptedException {
    while (!closed) {
      dropStale();
      if (canBegin()) {
        return true;
      }
      wait();
    }
    return false;
  }

  private void dropStale() {
    for (GrowingSegment growing : List.copyOf(chain)) {
      if (growing.stale) {
        chain.remove(growing);
        growing.rows.close();
      }
    }
  }

  private boolean canBegin() {
    GrowingSegment last = chain.peekLast();
    if (last == null) {
      return !assigned.isEmpty();
    }
    return !last.isFrozen()
        || (chain.size() < MAX_CHAIN
            && last.isRecorded()
            && !last.isDiscarded()
            && (assigned.containsKey(last.sequence + 1)
                // If others are further already, what comes next here is in the deep store.
                || assigned.higherKey(last.sequence) == null && !surroundings.control().paused()));
  }

  /// The segment to go on with; null if there is none any more.
  private synchronized @Nullable GrowingSegment begin(ConsumedTable now) {
    if (closed || !canBegin()) {
      return null;
    }
    GrowingSegment last = chain.peekLast();
    if (last != null && !last.isFrozen()) {
      return last;
    }
    SegmentRecord record =
        last == null ? assigned.firstEntry().getValue() : assigned.get(last.sequence + 1);
    long sequence = record == null ? last.sequence + 1 : record.stream().orElseThrow().sequence();
    long start = record == null ? last.end() : record.stream().orElseThrow().startOffset();
    String name =
        record == null ? table + "__" + partition + "__" + sequence + "__ahead" : record.name();
    GrowingSegment next =
        new GrowingSegment(
            now, sequence, start, new ConsumingSegment(table, name, now.schema(), now.options()));
    if (record != null) {
      next.record(record);
    }
    chain.addLast(next);
    return next;
  }

  /// Consumes until the end of the segment is agreed and others can do the rest.
  private void consume(GrowingSegment growing, MessageFeed feed) throws InterruptedException {
    RowDecoder decoder =
        new RowDecoder(
            growing.table.rules(),
            MessageDecoder.of(
                growing.table.stream(), growing.table.schema(), growing.table.rules().nested()),
            intake::refuse);
    if (!awaitKeys(growing)) {
      return;
    }
    Optional<EndReason> reason = read(growing, feed, decoder, Long.MAX_VALUE);
    if (reason.isEmpty() || !awaitRecord(growing)) {
      return;
    }
    ReplicaProtocol.Next next =
        new ReplicaProtocol(surroundings.server(), growing.position, reason.get()).report();
    while (!isOver(growing)) {
      switch (next.action()) {
        case ReplicaAction.Send send -> {
          Optional<CompletionAnswer> answer =
              surroundings.leader().send(key(growing), send.message());
          ReplicaProtocol protocol = next.protocol();
          next =
              answer
                  .map(found -> protocol.answered(send.message(), found))
                  .orElseGet(protocol::unanswered);
          boolean agreed =
              answer.isPresent()
                  && answer.get().kind() == CompletionAnswer.Kind.HOLD
                  && answer.get().offset() == growing.position;
          if (agreed) {
            finish(growing, next);
            return;
          }
        }
        case ReplicaAction.Pause _ -> {
          pause(growing, ASK_MILLIS);
          next = next.protocol().report();
        }
        case ReplicaAction.CatchUp catchUp -> {
          if (read(growing, feed, decoder, catchUp.offset()).isEmpty()) {
            return;
          }
          if (growing.position < catchUp.offset()) {
            // Full before that: it cannot become what the others have.
            pause(growing, ASK_MILLIS);
          }
          next = next.protocol().caughtUp(growing.position);
        }
        case ReplicaAction.Seal _, ReplicaAction.Keep _, ReplicaAction.Discard _ -> {
          finish(growing, next);
          return;
        }
      }
    }
  }

  /// Waits until the keys of all segments before this one are known, if the table has keys.
  ///
  /// @return false if the segment is not to be consumed any more
  private boolean awaitKeys(GrowingSegment growing) throws InterruptedException {
    if (keys.isEmpty()) {
      return true;
    }
    while (!isOver(growing)) {
      if (keys.get().begin(growing.sequence, growing.rows) && keys.get().rebuild()) {
        problem = "";
        return true;
      }
      problem = "waits for " + keys.get().waitsFor();
      pause(growing, KEYS_MILLIS);
    }
    return false;
  }

  /// Reads on until the segment ends by itself, or up to an offset.
  ///
  /// @return why it ends; empty if it is not to be consumed any more
  private Optional<EndReason> read(
      GrowingSegment growing, MessageFeed feed, RowDecoder decoder, long target)
      throws InterruptedException {
    long retry = FIRST_RETRY_MILLIS;
    while (!isOver(growing)) {
      if (target != Long.MAX_VALUE) {
        if (growing.position >= target) {
          return Optional.of(EndReason.TIME);
        }
      } else {
        ConsumptionControl control = surroundings.control();
        boolean hasRows = growing.rows.rowCount() > 0;
        boolean isForced = control.forced().contains(growing.name()) && !growing.isForceOver;
        if (isForced && (hasRows || control.paused())) {
          return Optional.of(EndReason.FORCED);
        }
        // There was nothing to commit: the first row that comes is not to be committed alone.
        growing.isForceOver |= isForced;
        if (hasRows && System.currentTimeMillis() >= timeLimit(growing)) {
          return Optional.of(EndReason.TIME);
        }
        if (control.paused() && !(hasRows && isRecorded(growing))) {
          pause(growing, ASK_MILLIS);
          continue;
        }
      }
      Intake.Decoded decoded;
      try {
        decoded = intake.decode(decoder, feed.take(growing.position, FETCH), target);
      } catch (CuveeException unreadable) {
        if (isOver(growing)) {
          break;
        }
        problem = String.valueOf(unreadable.getMessage());
        LOG.warn(
            "Consumption of {} partition {} waits {} ms: {}", table, partition, retry, problem);
        feed.close();
        pause(growing, retry);
        retry = Math.min(LAST_RETRY_MILLIS, retry * 2);
        continue;
      }
      retry = FIRST_RETRY_MILLIS;
      problem = "";
      latestOffset = feed.latestOffset().orElse(ConsumerStatus.UNKNOWN);
      Optional<EndReason> end = intake.append(growing, feed, decoded, target);
      if (end.isPresent()) {
        return end;
      }
    }
    return Optional.empty();
  }

  private static long timeLimit(GrowingSegment growing) {
    long millis = growing.table.stream().flush().time().toMillis();
    return growing.createdMillis + Math.min(millis, Long.MAX_VALUE / 2);
  }

  private synchronized void note(GrowingSegment growing, OffsetGap gap) {
    LOG.warn(
        "Stream of {} partition {} does not have the offsets {} to {}",
        table,
        partition,
        gap.from(),
        gap.to());
    growing.gaps.addLast(gap);
    if (growing.gaps.size() > MAX_GAPS) {
      growing.gaps.removeFirst();
    }
  }

  private synchronized boolean isOver(GrowingSegment growing) {
    return closed || growing.stale;
  }

  private synchronized boolean isRecorded(GrowingSegment growing) {
    return growing.isRecorded();
  }

  private synchronized boolean awaitRecord(GrowingSegment growing) throws InterruptedException {
    while (!closed && !growing.stale && !growing.isRecorded()) {
      wait();
    }
    return !closed && !growing.stale;
  }

  private synchronized void pause(GrowingSegment growing, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (!closed && !growing.stale && left > 0) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  private SegmentKey key(GrowingSegment growing) {
    return new SegmentKey(table, growing.name());
  }

  // The thread that seals.

  private void finish(GrowingSegment growing, ReplicaProtocol.Next next) {
    synchronized (this) {
      growing.freeze();
      notifyAll();
    }
    HaltStep.END_AGREED.reached();
    Thread.ofVirtual()
        .name("complete-" + growing.name())
        .start(() -> {
          try {
            complete(growing, next);
          } catch (InterruptedException e) {
            LOG.debug("Completion of {} ends", growing.name());
          } catch (RuntimeException e) {
            LOG.error("Completion of {} failed; it is consumed again", growing.name(), e);
            restart(growing);
          }
        });
  }

  private void complete(GrowingSegment growing, ReplicaProtocol.Next first)
      throws InterruptedException {
    ReplicaProtocol.Next next = first;
    long pause = ASK_MILLIS;
    while (!isOver(growing)) {
      ReplicaProtocol protocol = next.protocol();
      switch (next.action()) {
        case ReplicaAction.Send send ->
            next =
                surroundings
                    .leader()
                    .send(key(growing), send.message())
                    .map(answer -> protocol.answered(send.message(), answer))
                    .orElseGet(protocol::unanswered);
        case ReplicaAction.Pause _ -> {
          pause(growing, pause);
          pause = Math.min(LONGEST_ASK_MILLIS, pause * 2);
          next = protocol.report();
        }
        case ReplicaAction.CatchUp _ -> {
          // The next segment has begun at the old end.
          restart(growing);
          return;
        }
        case ReplicaAction.Seal _ ->
            next =
                sealing.sealAndUpload(
                    growing,
                    () -> {
                      // What cannot be read from the stream again.
                      var _ = intake.letters().awaitSent(LETTERS_LIMIT);
                      return gaps(growing);
                    },
                    protocol);
        case ReplicaAction.Keep _ -> {
          if (protocol.sealed().isEmpty()) {
            sealing.seal(growing);
          } else {
            HaltStep.COMMIT_ANSWERED.reached();
          }
          settle(growing);
          return;
        }
        case ReplicaAction.Discard _ -> {
          discard(growing);
          return;
        }
      }
    }
  }

  private synchronized void settle(GrowingSegment growing) {
    growing.settle();
    notifyAll();
  }

  /// The committed segment comes from the deep store; what went on from these rows is of no use.
  private synchronized void discard(GrowingSegment growing) {
    growing.discard();
    keys.ifPresent(known -> known.dropped(growing.sequence, growing.rows));
    for (GrowingSegment each : List.copyOf(chain)) {
      if (each.sequence > growing.sequence) {
        drop(each);
      }
    }
    notifyAll();
  }

  private synchronized void restart(GrowingSegment growing) {
    for (GrowingSegment each : List.copyOf(chain)) {
      if (each.sequence >= growing.sequence) {
        drop(each);
      }
    }
    notifyAll();
  }

  private synchronized List<OffsetGap> gaps(GrowingSegment growing) {
    return List.copyOf(growing.gaps);
  }

  /// Asks the threads to end; the consuming one gives the memory back.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
    intake.letters().close();
  }

  private void closeChain() {
    synchronized (this) {
      closed = true;
      chain.forEach(growing -> growing.rows.close());
      chain.clear();
      notifyAll();
    }
    try {
      source.close();
    } catch (RuntimeException e) {
      LOG.debug("The stream of {} did not close well", table, e);
    }
  }
}
