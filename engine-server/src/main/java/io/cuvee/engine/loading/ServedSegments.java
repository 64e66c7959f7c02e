package io.cuvee.engine.loading;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.Reach;
import io.cuvee.common.wire.SegmentRef;
import io.cuvee.engine.consuming.StreamConsumers;
import io.cuvee.engine.keys.KeyedTable;
import io.cuvee.engine.keys.KeyedTables;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.live.LiveRows;
import io.cuvee.segment.live.LiveSegment;
import io.cuvee.segment.store.ReadableSegment;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentIndexes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The segments that queries can use now. Thread-safe.
public final class ServedSegments {
  /// At one that comes and goes.
  private static final int LOOKS = 3;

  private final Map<String, Map<String, Segment>> byTable = new ConcurrentHashMap<>();

  /// Segments that are answered for here, but not on the disk before a query asks; with their CRCs.
  private final Map<SegmentKey, Long> cold = new ConcurrentHashMap<>();

  /// Hears of what queries use and need.
  private volatile Demand demand = Demand.NONE;

  /// Hears of segments whose files are damaged.
  private volatile Damage damage = (key, segment, failure) -> {};

  /// What consumes streams here, once that has begun.
  private volatile @Nullable StreamConsumers consumers;

  /// The tables with keys, once the cluster is followed.
  private volatile @Nullable KeyedTables keys;

  /// What a query got.
  ///
  /// @param segments acquired; [#release()] gives them back
  /// @param missing requested but not served here
  /// @param ends how far those go that were requested with all that follows them
  /// @param cold those of the missing that are being loaded because of this request
  /// @param coming those of the missing that are being fetched again
  public record Acquired(
      List<ReadableSegment> segments,
      List<String> missing,
      Map<String, Reach> ends,
      List<String> cold,
      List<String> coming) {
    public void release() {
      segments.forEach(ServedSegments::release);
    }
  }

  /// Those who keep segments on the disk.
  interface Demand {
    Demand NONE =
        new Demand() {
          @Override
          public void used(String table, String segment) {}

          @Override
          public boolean load(SegmentKey key) {
            return false;
          }

          @Override
          public boolean isComing(SegmentKey key) {
            return false;
          }
        };

    /// A query uses it.
    void used(String table, String segment);

    /// A query needs one that is not on the disk.
    ///
    /// @return whether it will be there soon
    boolean load(SegmentKey key);

    /// Whether it is not served just now, but in a moment.
    boolean isComing(SegmentKey key);
  }

  /// What is done about a segment whose files are damaged.
  @FunctionalInterface
  interface Damage {
    void found(SegmentKey key, Segment segment, CuveeException failure);
  }

  private static void release(ReadableSegment segment) {
    switch (segment) {
      case Segment sealed -> sealed.release();
      case ConsumingSnapshot consuming -> consuming.close();
      case LiveSegment live -> release(live.segment());
      default -> throw new IllegalStateException("Not served from here: " + segment);
    }
  }

  void onDamage(Damage newDamage) {
    damage = newDamage;
  }

  void onDemand(Demand newDemand) {
    demand = newDemand;
  }

  /// Answers for a segment that is loaded when a query asks for it.
  void putCold(SegmentKey key, long crc) {
    cold.put(key, crc);
  }

  void removeCold(SegmentKey key) {
    cold.remove(key);
  }

  boolean isCold(SegmentKey key) {
    return cold.containsKey(key);
  }

  boolean isCold(SegmentKey key, long crc) {
    return Long.valueOf(crc).equals(cold.get(key));
  }

  public int coldCount() {
    return cold.size();
  }

  void consuming(StreamConsumers newConsumers) {
    consumers = newConsumers;
  }

  void keyed(KeyedTables newKeys) {
    keys = newKeys;
  }

  /// Takes a reference to a segment in its sealed form, if it is there and the columns of these
  /// names are sound; may take long where nobody has looked at them before. A damaged one is served
  /// no more.
  Optional<Segment> acquireSound(SegmentKey key, List<String> columns) {
    List<ReadableSegment> acquired = new ArrayList<>(1);
    if (!acquireSealed(key.table(), key.segment(), acquired)) {
      return Optional.empty();
    }
    Segment segment = (Segment) acquired.getFirst();
    if (dropIfDamaged(key.table(), segment, columns)) {
      segment.release();
      return Optional.empty();
    }
    return Optional.of(segment);
  }

  /// Looks for the segments whose damaged files made a query fail, and serves them no more; those
  /// that are sound are only looked at as far as nobody has before. May take long.
  ///
  /// @param names as [SegmentRef]s
  /// @param columns that the query reads
  public void dropDamaged(String table, List<String> names, List<String> columns) {
    Acquired acquired = acquire(table, names);
    try {
      for (ReadableSegment part : acquired.segments()) {
        if (part instanceof Segment segment) {
          dropIfDamaged(table, segment, columns);
        }
      }
    } finally {
      acquired.release();
    }
  }

  /// @return whether it is damaged
  private boolean dropIfDamaged(String table, Segment segment, List<String> columns) {
    try {
      segment.check(columns);
      return false;
    } catch (CuveeException failure) {
      // Whoever finds it first tells; a version that is being replaced goes anyway.
      if (byTable.getOrDefault(table, Map.of()).remove(segment.name(), segment)) {
        damage.found(new SegmentKey(table, segment.name()), segment, failure);
      }
      return true;
    }
  }

  /// Takes a reference to each of the named segments that is served, with the rows of them that
  /// count: of a table with keys, those of all its segments at one moment. A partition of which one
  /// segment is missing is missing as a whole then, because another server has the rows of its keys
  /// at another moment.
  ///
  /// @param names as [SegmentRef]s
  public Acquired acquireCounting(String table, List<String> names) {
    KeyedTables known = keys;
    Optional<KeyedTable> keyed = known == null ? Optional.empty() : known.replacing(table);
    return keyed.isEmpty()
        ? acquire(table, names)
        : keyed.get().atOneMoment(() -> counting(acquire(table, names), names, keyed.get()));
  }

  private static Acquired counting(Acquired all, List<String> names, KeyedTable keyed) {
    Set<Integer> incomplete = new HashSet<>();
    all.missing().forEach(name -> partition(name).ifPresent(incomplete::add));
    List<ReadableSegment> counting = new ArrayList<>(all.segments().size());
    for (ReadableSegment segment : all.segments()) {
      Optional<StreamSegmentName> name = StreamSegmentName.parse(segment.name());
      Optional<LiveRows> rows = name.flatMap(keyed::live);
      if (rows.isEmpty() || rows.get().end() > segment.docCount()) {
        name.ifPresent(found -> incomplete.add(found.partition()));
      }
      counting.add(
          rows.isEmpty() || rows.get().count() == segment.docCount()
              ? segment
              : new LiveSegment(segment, rows.get()));
    }
    if (incomplete.isEmpty()) {
      return new Acquired(counting, all.missing(), all.ends(), all.cold(), all.coming());
    }
    List<ReadableSegment> kept = new ArrayList<>();
    for (ReadableSegment segment : counting) {
      boolean isComplete =
          StreamSegmentName.parse(segment.name())
              .filter(name -> incomplete.contains(name.partition()))
              .isEmpty();
      if (isComplete) {
        kept.add(segment);
      } else {
        release(segment);
      }
    }
    List<String> missing =
        names.stream()
            .filter(name ->
                all.missing().contains(name)
                    || partition(name).filter(incomplete::contains).isPresent())
            .toList();
    Map<String, Reach> ends = new HashMap<>(all.ends());
    ends.keySet().removeAll(missing);
    return new Acquired(kept, missing, ends, all.cold(), all.coming());
  }

  /// The partition of the segment that a request names.
  private static Optional<Integer> partition(String name) {
    return switch (SegmentRef.parse(name)) {
      case SegmentRef.Onward onward -> Optional.of(onward.partition());
      case SegmentRef.Until until ->
          StreamSegmentName.parse(until.name()).map(StreamSegmentName::partition);
      case SegmentRef.Whole whole ->
          StreamSegmentName.parse(whole.name()).map(StreamSegmentName::partition);
    };
  }

  /// Takes a reference to each of the named segments that is served.
  ///
  /// @param names as [SegmentRef]s
  public Acquired acquire(String table, List<String> names) {
    List<ReadableSegment> acquired = new ArrayList<>(names.size());
    List<String> missing = new ArrayList<>();
    List<String> loading = new ArrayList<>();
    List<String> coming = new ArrayList<>();
    Map<String, Reach> ends = new HashMap<>();
    for (String name : names) {
      boolean isServed =
          switch (SegmentRef.parse(name)) {
            case SegmentRef.Whole whole -> acquireSealed(table, whole.name(), acquired);
            case SegmentRef.Until until -> acquire(table, until, acquired);
            case SegmentRef.Onward onward -> {
              Optional<Reach> end = acquire(table, onward, acquired);
              end.ifPresent(reach -> ends.put(name, reach));
              yield end.isPresent();
            }
          };
      if (!isServed) {
        switch (absence(table, SegmentRef.parse(name), acquired)) {
          case NONE -> {}
          case COLD -> {
            missing.add(name);
            loading.add(name);
          }
          case COMING -> {
            missing.add(name);
            coming.add(name);
          }
          case UNKNOWN -> missing.add(name);
        }
      }
    }
    return new Acquired(acquired, missing, ends, loading, coming);
  }

  private enum Absence {
    NONE,
    COLD,
    COMING,
    UNKNOWN
  }

  /// Why a segment was not found; it may have come, or gone from the disk, since it was looked for.
  private Absence absence(String table, SegmentRef ref, List<ReadableSegment> acquired) {
    if (!(ref instanceof SegmentRef.Whole)) {
      return Absence.UNKNOWN;
    }
    SegmentKey key = new SegmentKey(table, ref.name());
    for (int i = 0; i < LOOKS; i++) {
      if (cold.containsKey(key)) {
        if (demand.load(key)) {
          return Absence.COLD;
        }
      } else if (acquireSealed(table, ref.name(), acquired)) {
        return Absence.NONE;
      }
    }
    return demand.isComing(key) ? Absence.COMING : Absence.UNKNOWN;
  }

  private boolean acquire(String table, SegmentRef.Until until, List<ReadableSegment> acquired) {
    StreamConsumers streams = consumers;
    if (acquireSealed(table, until.name(), acquired)) {
      return true;
    }
    Optional<ConsumingSnapshot> rows =
        streams == null
            ? Optional.empty()
            : streams.until(new SegmentKey(table, until.name()), until.end());
    rows.ifPresent(acquired::add);
    // It may have been sealed between the two looks.
    return rows.isPresent() || acquireSealed(table, until.name(), acquired);
  }

  /// Takes note of how far a stream's partition was shown elsewhere, and tells how far that was
  /// here or elsewhere; 0 is unknown.
  public long shown(String table, int partition, long offset) {
    StreamConsumers streams = consumers;
    return streams == null ? 0 : streams.shown(table, partition, offset);
  }

  /// @return how far the rows go; empty if not served
  private Optional<Reach> acquire(
      String table, SegmentRef.Onward onward, List<ReadableSegment> acquired) {
    StreamConsumers streams = consumers;
    Optional<StreamConsumers.Onward> rows =
        streams == null
            ? Optional.empty()
            : streams.onward(new SegmentKey(table, onward.name()), onward.atLeast());
    if (rows.isEmpty()) {
      // Sealed before this server began to consume: what follows it is not known here.
      return !onward.hasNext()
              && onward.atLeast() == 0
              && acquireSealed(table, onward.name(), acquired)
          ? Optional.of(Reach.UNKNOWN)
          : Optional.empty();
    }
    List<ReadableSegment> parts = new ArrayList<>(rows.get().open());
    for (String sealed : rows.get().sealed()) {
      if (!acquireSealed(table, sealed, parts)) {
        parts.forEach(ServedSegments::release);
        return Optional.empty();
      }
    }
    if (onward.hasNext() && parts.size() == 1) {
      parts.forEach(ServedSegments::release);
      return Optional.empty();
    }
    acquired.addAll(parts);
    return Optional.of(rows.get().reach());
  }

  private boolean acquireSealed(String table, String name, List<ReadableSegment> acquired) {
    Map<String, Segment> served = byTable.getOrDefault(table, Map.of());
    Segment segment = served.get(name);
    // A segment that is being replaced may be closed between the look-up and the acquisition.
    while (segment != null && !segment.acquire()) {
      Segment newer = served.get(name);
      segment = newer == segment ? null : newer;
    }
    if (segment == null) {
      return false;
    }
    acquired.add(segment);
    demand.used(table, name);
    return true;
  }

  /// Serves a segment, in place of an older version if there is one.
  ///
  /// @return the older version, which the caller closes
  Optional<Segment> put(SegmentKey key, Segment segment) {
    return Optional.ofNullable(
        byTable
            .computeIfAbsent(key.table(), table -> new ConcurrentHashMap<>())
            .put(key.segment(), segment));
  }

  Optional<Segment> remove(SegmentKey key) {
    Map<String, Segment> served = byTable.get(key.table());
    return served == null ? Optional.empty() : Optional.ofNullable(served.remove(key.segment()));
  }

  @Nullable Segment find(SegmentKey key) {
    return byTable.getOrDefault(key.table(), Map.of()).get(key.segment());
  }

  public int count() {
    return byTable.values().stream().mapToInt(Map::size).sum();
  }

  /// What there is to tell of a served segment.
  ///
  /// @param indexes names of its indexes by column
  public record Description(String name, int rows, Map<String, List<String>> indexes) {}

  /// A table's segments, sorted by name.
  public List<Description> describe(String table) {
    List<Description> descriptions = new ArrayList<>();
    new TreeMap<>(byTable.getOrDefault(table, Map.of()))
        .forEach((name, segment) ->
            descriptions.add(
                new Description(name, segment.docCount(), SegmentIndexes.present(segment))));
    return descriptions;
  }

  /// Stops serving everything; memory goes when the last query has left.
  void closeAll() {
    for (Map<String, Segment> segments : byTable.values()) {
      segments.values().forEach(Segment::close);
      segments.clear();
    }
  }
}
