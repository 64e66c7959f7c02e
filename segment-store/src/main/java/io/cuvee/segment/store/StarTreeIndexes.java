package io.cuvee.segment.store;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.segment.build.BuildWorkers;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.IndexMap;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.index.startree.StarTreeBuilder;
import io.cuvee.segment.index.startree.StarTreeSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds star-trees to segments that are already there, as [SegmentIndexes] adds indexes. A tree
/// that cannot be built is left out with a warning: it is an aid, and queries scan the rows without
/// it. One caller at a time a directory.
public final class StarTreeIndexes {
  private static final Logger LOG = LoggerFactory.getLogger(StarTreeIndexes.class);

  private StarTreeIndexes() {}

  /// The trees that the options want, and the segment does not have and can have.
  public static List<StarTreeSpec> missing(
      Segment segment, StarTreeOptions options, Schema schema) {
    List<StarTreeSpec> wanted = wanted(segment, options, schema);
    wanted.removeIf(spec ->
        segment.starTrees().stream().anyMatch(tree -> spec.isBuiltAs(tree.metadata()))
            || !StarTreeBuilder.isPossible(spec, segment::column, segment.docCount()));
    return wanted;
  }

  /// The dimensions of the trees that the segment has and the options do not want.
  public static List<List<String>> superfluous(
      Segment segment, StarTreeOptions options, Schema schema) {
    List<StarTreeSpec> wanted = wanted(segment, options, schema);
    return segment.starTrees().stream()
        .map(StarTree::metadata)
        .filter(tree -> wanted.stream().noneMatch(spec -> spec.isBuiltAs(tree)))
        .map(tree -> tree.dimensions().stream().map(StarTreeMetadata.Dimension::name).toList())
        .toList();
  }

  private static List<StarTreeSpec> wanted(
      Segment segment, StarTreeOptions options, Schema schema) {
    return options.isEmpty() || segment.docCount() == 0
        ? new ArrayList<>()
        : new ArrayList<>(options.specs(schema, segment::column));
  }

  /// Gives a copy of a segment the trees that the options want: those that the segment has are
  /// copied with their checksums, which are checked on the way, the others built.
  ///
  /// @param segment open, and acquired by the caller
  /// @param target the copy, without trees
  /// @throws CuveeException as [#add]
  public static void copy(
      Segment segment, Path target, StarTreeOptions options, Schema schema, DataSize memoryLimit) {
    SegmentFiles files = SegmentFiles.read(segment.directory());
    IndexMap map = SegmentFiles.read(target).map();
    List<StarTreeSpec> wanted = wanted(segment, options, schema);
    int kept = 0;
    try (ColumnsWriter out = ColumnsWriter.append(target, map)) {
      for (int tree = 0; tree < segment.starTrees().size(); tree++) {
        StarTreeMetadata metadata = segment.starTrees().get(tree).metadata();
        if (wanted.stream().anyMatch(spec -> spec.isBuiltAs(metadata))) {
          copyTree(files, tree, kept++, out);
        }
      }
      if (kept > 0) {
        out.force();
        SegmentFiles.replaceMap(
            target, new IndexMap(map.segmentCrc(), out.length(), out.buffers()));
      }
    }
    add(target, options, schema, memoryLimit);
  }

  private static void copyTree(SegmentFiles files, int tree, int newNumber, ColumnsWriter out) {
    int length = StarTreeMetadata.owner(tree).length();
    for (BufferEntry entry : files.map().buffers()) {
      if (StarTreeMetadata.isOwner(entry.column(), tree)) {
        String owner = StarTreeMetadata.owner(newNumber) + entry.column().substring(length);
        out.copy(
            files.columnsFile(),
            new BufferEntry(owner, entry.kind(), entry.offset(), entry.length(), entry.crc()));
      }
    }
  }

  /// Builds those trees from the segment's columns and appends them; those that are there stay.
  ///
  /// @param options checked against the schema
  /// @param memoryLimit of one build
  /// @return how many were added
  /// @throws CuveeException `IO`, or what [Segment#open] throws
  public static int add(
      Path directory, StarTreeOptions options, Schema schema, DataSize memoryLimit) {
    try (BuildWorkers workers = new BuildWorkers(1)) {
      return add(directory, options, schema, workers, memoryLimit);
    }
  }

  /// As [#add(Path, StarTreeOptions, Schema, DataSize)], with the threads of a build. Trees for
  /// which the memory is too little beside each other are built one after the other.
  public static int add(
      Path directory,
      StarTreeOptions options,
      Schema schema,
      BuildWorkers workers,
      DataSize memoryLimit) {
    if (options.isEmpty()) {
      return 0;
    }
    IndexMap map = SegmentFiles.read(directory).map();
    Queue<ColumnsWriter> parts = new ConcurrentLinkedQueue<>();
    AtomicInteger partCount = new AtomicInteger();
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE);
        ColumnsWriter out = ColumnsWriter.append(directory, map);
        MemoryBudget memory =
            MemoryBudget.of(
                "star-trees of segment '" + segment.metadata().segment() + "'",
                memoryLimit.bytes(),
                "the memory limit of building segments")) {
      List<StarTreeSpec> wanted = missing(segment, options, schema);
      Supplier<ColumnsWriter> newPart =
          () -> {
            ColumnsWriter part = out.part(partCount.getAndIncrement());
            parts.add(part);
            return part;
          };
      List<Attempt> attempts =
          workers.all(
              wanted.stream()
                  .<Supplier<Attempt>>map(spec -> () -> attempt(segment, spec, newPart, memory))
                  .toList());
      int number = segment.starTrees().size();
      for (int i = 0; i < wanted.size(); i++) {
        Attempt attempt = attempts.get(i);
        if (attempt.isCrowded() && workers.threads() > 1) {
          attempt = attempt(segment, wanted.get(i), newPart, memory);
        }
        if (attempt.part().isPresent()) {
          String owner = StarTreeMetadata.owner(number++);
          int length = StarTreeMetadata.owner(0).length();
          out.take(attempt.part().get(), name -> owner + name.substring(length));
        } else {
          LOG.warn(
              "Segment '{}' gets no star-tree over {}: {}",
              segment.metadata().segment(),
              wanted.get(i).dimensions(),
              attempt.failure());
        }
      }
      int added = number - segment.starTrees().size();
      if (added > 0) {
        out.force();
        SegmentFiles.replaceMap(
            directory, new IndexMap(map.segmentCrc(), out.length(), out.buffers()));
      }
      return added;
    } finally {
      parts.forEach(ColumnsWriter::close);
    }
  }

  /// @param part with the tree as number 0; absent if it could not be built
  /// @param isCrowded whether that was for want of memory
  private record Attempt(Optional<ColumnsWriter> part, String failure, boolean isCrowded) {}

  private static Attempt attempt(
      Segment segment, StarTreeSpec spec, Supplier<ColumnsWriter> newPart, MemoryBudget memory) {
    try (MemoryBudget budget =
        memory.child(
            "a star-tree of segment '" + segment.metadata().segment() + "'",
            memory.limitBytes(),
            "the memory limit of building segments")) {
      ColumnsWriter part = newPart.get();
      new StarTreeBuilder(spec, segment::column, segment.docCount(), budget).write(part, 0);
      return new Attempt(Optional.of(part), "", false);
    } catch (CuveeException e) {
      if (e.code() == ErrorCode.IO) {
        throw e;
      }
      return new Attempt(
          Optional.empty(), String.valueOf(e.getMessage()), e.code() == ErrorCode.MEMORY_LIMIT);
    }
  }
}
