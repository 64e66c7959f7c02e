package io.cuvee.controller.completion;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.controller.completion.SegmentCompletion.Step;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.ServerChoice;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.table.RecordObjects;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import io.cuvee.ingest.completion.CompletionMessage.CommitEnd;
import io.cuvee.ingest.completion.CompletionMessage.Failed;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers what replicas say about the end of their consuming segments, while this controller
/// leads. The record of the segment is read for each message; what is remembered beside it belongs
/// to one term and may be forgotten at any time. Thread-safe.
public final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

  private static final int MAX_STEPS = 3;

  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final DeepStore deepStore;
  private final Path directory;
  private final TableLocks locks;
  private final Leadership leadership;
  private final Reconciler reconciler;
  private final StreamSegments segments;
  private final SegmentCompletion completion =
      new SegmentCompletion(SegmentCompletion.Rules.DEFAULT);
  private final Map<SegmentKey, InTerm> states = new ConcurrentHashMap<>();

  private record InTerm(long epoch, CompletionState state) {}

  /// @param directory for temporary files
  public Completions(
      ClusterState cluster,
      Tables tables,
      Records records,
      DeepStore deepStore,
      TableLocks locks,
      Leadership leadership,
      Reconciler reconciler,
      ServerChoice servers,
      Path directory) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
    this.deepStore = deepStore;
    this.directory = directory;
    this.locks = locks;
    this.leadership = leadership;
    this.reconciler = reconciler;
    this.segments = new StreamSegments(cluster.metadata(), servers);
  }

  /// @throws CuveeException `IO` if it is not known what became of a commit: ask again
  public CompletionAnswer answer(SegmentKey key, CompletionMessage message) {
    try (TableLocks.Held _ = locks.changeSegment(key.table(), key.segment())) {
      CompletionMessage said = message;
      for (int i = 0; i < MAX_STEPS; i++) {
        Optional<Placement> term = leadership.term();
        if (term.isEmpty()) {
          return CompletionAnswer.NOT_LEADER;
        }
        Optional<Versioned<SegmentRecord>> record = records.find(key);
        if (record.isEmpty() || record.get().value().stream().isEmpty()) {
          states.remove(key);
          return CompletionAnswer.DISCARD;
        }
        Step step =
            completion.step(
                state(record.get().value(), term.get()),
                said,
                replicas(key, term.get()),
                System.nanoTime() / 1_000_000);
        switch (step) {
          case Step.Reply reply -> {
            if (record.get().value().isConsuming()) {
              states.put(key, new InTerm(term.get().epoch(), reply.state()));
            }
            return reply.answer();
          }
          case Step.Write write -> {
            if (isStored(write, (CommitEnd) said)) {
              // Whatever comes of it, the record tells.
              states.remove(key);
              write(key, record.get(), write, term.get());
            } else {
              said = new Failed(said.server(), said.offset(), "the object is not there");
            }
          }
        }
      }
      return CompletionAnswer.HOLD;
    } catch (CuveeException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        return CompletionAnswer.NOT_LEADER;
      }
      throw e;
    }
  }

  private CompletionState state(SegmentRecord record, Placement term) {
    if (!record.isConsuming()) {
      states.remove(record.key());
      return new CompletionState.Committed(
          record.stream().orElseThrow().endOffset().orElseThrow(), record.crc());
    }
    InTerm known = states.get(record.key());
    return known != null && known.epoch() == term.epoch() ? known.state() : CompletionState.BEGIN;
  }

  /// Servers that should consume the segment and are alive.
  private Set<String> replicas(SegmentKey key, Placement term) {
    Set<String> assigned = new HashSet<>(term.of(key).keySet());
    assigned.retainAll(cluster.instances(Instance.Role.SERVER).stream().map(Instance::id).toList());
    return assigned;
  }

  private boolean isStored(Step.Write write, CommitEnd message) {
    try {
      if (deepStore.exists(URI.create(write.sealed().url()))) {
        return true;
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("Not a URI", e);
    }
    LOG.warn(
        "{} says that it stored {}, which is not there", message.server(), write.sealed().url());
    return false;
  }

  private void write(
      SegmentKey key, Versioned<SegmentRecord> record, Step.Write write, Placement term) {
    Optional<TableConfig> config = Optional.ofNullable(tables.configs().get(key.table()));
    if (config.isPresent()) {
      HaltStep.COMMIT_RECEIVED.reached();
      SegmentRecord done = StreamSegments.sealed(record.value(), write.end(), write.sealed());
      RecordObjects.write(deepStore, directory, done);
      HaltStep.OBJECT_DESCRIBED.reached();
      var _ = segments.commit(config.get(), record, done, term);
      reconciler.requestPass();
    }
  }
}
