package io.cuvee.controller.placement;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.ReplicaGroupConfig;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance.Roll;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replica groups of tables: made when the first segment comes, mended when servers are lost or
/// come, and made even by a rebalance. Thread-safe.
public final class GroupStore {
  private static final Logger LOG = LoggerFactory.getLogger(GroupStore.class);
  private static final int TRIES = 5;

  private final MetadataStore metadata;

  public GroupStore(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /// The groups as they are; empty if there are none yet.
  public Optional<ReplicaGroups> find(String physicalTable) {
    return versioned(physicalTable).map(Versioned::value);
  }

  private Optional<Versioned<ReplicaGroups>> versioned(String physicalTable) {
    return metadata
        .get(ReplicaGroups.path(physicalTable))
        .map(text -> new Versioned<>(ReplicaGroups.parse(text.value()), text.version()));
  }

  /// Where segments of the table are to be now.
  ///
  /// @return empty if the table has no replica groups
  /// @throws CuveeException `DATA_UNAVAILABLE` if there are none yet, and too few servers for them
  Optional<SegmentHomes> homes(TableConfig table, Roll roll) {
    if (table.replicaGroups().isEmpty()) {
      return Optional.empty();
    }
    ReplicaGroupConfig config = table.replicaGroups().get();
    for (int i = 0; i < TRIES; i++) {
      Optional<Versioned<ReplicaGroups>> present = versioned(table.physicalName());
      ReplicaGroups now = now(table.physicalName(), config, present.map(Versioned::value), roll);
      if (put(table.physicalName(), now, present)) {
        return Optional.of(new SegmentHomes(config, now));
      }
    }
    throw busy(table.physicalName());
  }

  private static ReplicaGroups now(
      String table, ReplicaGroupConfig config, Optional<ReplicaGroups> present, Roll roll) {
    if (present.isPresent() && GroupLayout.fits(config, present.get())) {
      return GroupLayout.mended(config, present.get(), roll);
    }
    try {
      return GroupLayout.arrange(table, config, present, roll);
    } catch (CuveeException e) {
      // The older ones are better than none; a rebalance tells the operator.
      LOG.warn("{}", e.getMessage());
      return present.orElseThrow(() -> e);
    }
  }

  /// Makes them so.
  ///
  /// @throws CuveeException `CONFLICT` if somebody else changed them again and again
  public void replace(String physicalTable, ReplicaGroups groups) {
    for (int i = 0; i < TRIES; i++) {
      if (put(physicalTable, groups, versioned(physicalTable))) {
        return;
      }
    }
    throw busy(physicalTable);
  }

  private boolean put(
      String table, ReplicaGroups groups, Optional<Versioned<ReplicaGroups>> present) {
    if (present.isPresent() && present.get().value().equals(groups)) {
      return true;
    }
    String text = groups.toJson(table).toString();
    boolean done =
        present.isPresent()
            ? metadata.compareAndSet(ReplicaGroups.path(table), text, present.get().version())
            : metadata.create(ReplicaGroups.path(table), text);
    if (done) {
      LOG.info("Replica groups of {}: {}", table, groups.servers());
    }
    return done;
  }

  private static CuveeException busy(String table) {
    return new CuveeException(
        ErrorCode.CONFLICT, "The replica groups of '" + table + "' keep changing. Try again.");
  }
}
