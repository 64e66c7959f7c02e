package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.StoredColumns;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// An open segment: its files mapped into memory, with a count of its users. The opener holds the
/// first reference and drops it with [#close()]; a query brackets its work with [#acquire()] and
/// [#release()]. Memory is unmapped when the last reference has gone, on a thread of its own,
/// because unmapping stops all threads for a moment. Columns must not be used without a reference:
/// their memory may be gone. Thread-safe.
public final class Segment implements ReadableSegment, AutoCloseable {
  private static final ExecutorService UNMAPPING =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("segment-unmapping").factory());

  private static final int CLOSED = 1 << 31;

  private final SegmentFiles files;
  private final SegmentMetadata metadata;
  private final Arena arena;
  private final MemorySegment file;
  private final List<MemorySegment> mapped;
  private final Map<String, ColumnBuffers> buffers;
  private final Map<String, SegmentColumn> columns;
  private final List<StarTree> starTrees;

  /// The buffers whose checksums nobody has looked at, by the name of their owner.
  private final Map<String, List<BufferEntry>> unchecked = new ConcurrentHashMap<>();

  private volatile boolean hasUncheckedTrees;

  /// References, and [#CLOSED] once the opener's has gone.
  private final AtomicInteger references = new AtomicInteger(1);

  private Segment(SegmentFiles files, Arena arena, MemorySegment file, Verify verify) {
    this.files = files;
    this.file = file;
    this.metadata = files.metadata();
    this.arena = arena;
    this.mapped = new ArrayList<>();
    this.buffers = new HashMap<>();
    this.columns = new HashMap<>();
    Map<String, List<BufferEntry>> entries = files.buffersByColumn();
    entries.forEach((owner, list) -> buffers.put(owner, slices(list, file)));
    if (verify == Verify.ON_USE) {
      unchecked.putAll(entries);
    }
    for (ColumnMetadata column : metadata.columns()) {
      ColumnBuffers own =
          buffers.computeIfAbsent(column.name(), none -> new ColumnBuffers(Map.of()));
      columns.put(column.name(), StoredColumns.open(column, metadata.docCount(), own));
    }
    try {
      this.starTrees = StarTreeFiles.open(files, columns, buffers);
      this.hasUncheckedTrees = verify == Verify.ON_USE && !starTrees.isEmpty();
    } catch (CuveeException damaged) {
      mapped.forEach(NativeMemory::unregister);
      throw damaged;
    }
  }

  private ColumnBuffers slices(List<BufferEntry> entries, MemorySegment file) {
    Map<BufferKind, MemorySegment> slices = new EnumMap<>(BufferKind.class);
    for (BufferEntry entry : entries) {
      MemorySegment slice = file.asSlice(entry.offset(), entry.length());
      slices.put(entry.kind(), slice);
      mapped.add(slice);
      NativeMemory.register(slice);
    }
    return new ColumnBuffers(slices);
  }

  /// Maps the segment in `directory`.
  ///
  /// @throws CuveeException `CORRUPT_SEGMENT` or `UNSUPPORTED_VERSION` that names file, buffer,
  ///   expected and found; `NOT_FOUND` if there is no segment; `IO`
  public static Segment open(Path directory, Verify verify) {
    SegmentFiles files = SegmentFiles.read(directory);
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(files.columnsFile(), StandardOpenOption.READ)) {
      MemorySegment file =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, files.map().columnsLength(), arena);
      if (verify == Verify.CHECKSUMS) {
        Checksums.check(files, file);
      }
      Segment segment = new Segment(files, arena, file, verify);
      opened = true;
      return segment;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "Could not map segment file " + files.columnsFile() + ": " + e.getMessage() + ".",
          e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  public Path directory() {
    return files.directory();
  }

  @Override
  public boolean isUnchecked(Collection<String> names) {
    if (unchecked.isEmpty()) {
      return false;
    }
    for (String name : names) {
      if (unchecked.containsKey(name)) {
        return true;
      }
    }
    return hasUncheckedTrees;
  }

  @Override
  public void check(Collection<String> names) {
    if (unchecked.isEmpty()) {
      return;
    }
    names.forEach(this::checkOwner);
    if (hasUncheckedTrees) {
      for (String owner : unchecked.keySet()) {
        if (!columns.containsKey(owner)) {
          checkOwner(owner);
        }
      }
      hasUncheckedTrees = false;
    }
  }

  private void checkOwner(String owner) {
    unchecked.computeIfPresent(
        owner,
        (name, entries) -> {
          entries.forEach(entry -> Checksums.checkPadded(files, entry, file));
          return null;
        });
  }

  public SegmentMetadata metadata() {
    return metadata;
  }

  @Override
  public String table() {
    return metadata.table();
  }

  @Override
  public String name() {
    return metadata.segment();
  }

  @Override
  public int docCount() {
    return metadata.docCount();
  }

  @Override
  public Optional<SegmentColumn> column(String name) {
    return Optional.ofNullable(columns.get(name));
  }

  @Override
  public List<StarTree> starTrees() {
    return starTrees;
  }

  /// Takes a reference; `false` once the segment is closed, so that a stream of queries cannot keep
  /// it mapped.
  public boolean acquire() {
    for (int count = references.get(); (count & CLOSED) == 0; count = references.get()) {
      if (references.compareAndSet(count, count + 1)) {
        return true;
      }
    }
    return false;
  }

  /// Gives back a reference that [#acquire()] took.
  public void release() {
    int count;
    int left;
    do {
      count = references.get();
      left = count - 1;
      // Nobody may give back the opener's reference but close().
      if (left == 0 || left == CLOSED - 1) {
        throw new IllegalStateException(
            "Segment " + metadata.segment() + " was released more often than acquired.");
      }
    } while (!references.compareAndSet(count, left));
    unmapIfUnused(left);
  }

  /// Whether anybody but the opener has a reference at the moment.
  public boolean isInUse() {
    return (references.get() & ~CLOSED) > 1;
  }

  /// Drops the opener's reference; a second call does nothing.
  @Override
  public void close() {
    for (int count = references.get(); (count & CLOSED) == 0; count = references.get()) {
      if (references.compareAndSet(count, (count - 1) | CLOSED)) {
        unmapIfUnused((count - 1) | CLOSED);
        return;
      }
    }
  }

  private void unmapIfUnused(int count) {
    if (count == CLOSED) {
      mapped.forEach(NativeMemory::unregister);
      UNMAPPING.execute(arena::close);
    }
  }

  /// The mapped buffers of a column that the metadata names, or of a star-tree's.
  ColumnBuffers buffers(String column) {
    return Objects.requireNonNull(buffers.get(column));
  }

  /// Whether the memory has been given back; soon after the last reference has gone.
  boolean isUnmapped() {
    return !arena.scope().isAlive();
  }
}
