package io.cuvee.execution.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.RandomValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSpill {
  private static final List<ColumnType> TYPES = List.of(ColumnType.LONG, ColumnType.STRING);

  @TempDir Path temporary;

  private Path root;

  @BeforeEach
  void separate() {
    root = temporary.resolve("spill");
  }

  private SpillDirectory directory(long limit, long queryLimit) {
    return SpillDirectory.open(
        new SpillConfig("server", root, new DataSize(limit), new DataSize(queryLimit)));
  }

  private SpillDirectory directory() {
    return directory(1 << 30, 1 << 30);
  }

  private static Page page() {
    return Page.of(LongValues.of(1, -7), BytesValues.of("a", "漢字"));
  }

  private long filesLeft() throws IOException {
    if (!Files.exists(root)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".pages")).count();
    }
  }

  @Test
  void pagesOfAllTypesComeBack() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    List<ColumnType> types =
        List.of(
            ColumnType.LONG,
            ColumnType.DOUBLE,
            ColumnType.STRING,
            ColumnType.BIG_DECIMAL,
            ColumnType.arrayOf(ColumnType.STRING.dataType()));
    try (SpillDirectory directory = directory();
        Spill spill = directory.query(1000)) {
      SpilledPages pages = new SpilledPages(spill.create(), types);
      Page whole =
          new Page(
              500,
              types.stream().map(type -> new RandomValues(random).column(type, 500, 0.2)).toList());
      pages.add(whole);
      pages.add(Page.empty(types));
      int row = 0;
      try (PageSource source = pages.read()) {
        for (Page page = source.next(); page != null; page = source.next()) {
          for (int i = 0; i < page.rowCount(); i++, row++) {
            for (int c = 0; c < types.size(); c++) {
              assertThat(RandomValues.key(page.column(c).get(i)))
                  .as("seed %d", seed)
                  .isEqualTo(RandomValues.key(whole.column(c).get(row)));
            }
          }
        }
      }
      assertThat(row).isEqualTo(500);
      assertThat(pages.rowCount()).isEqualTo(500);
      assertThat(spill.fileCount()).isEqualTo(1);
      assertThat(spill.writtenBytes()).isPositive().isEqualTo(directory.usedBytes());
    }
  }

  @Test
  void nothingIsMadeBeforeItIsNeededAndNothingIsLeft() throws IOException {
    SpillDirectory directory = directory();
    assertThat(root).doesNotExist();
    Spill first = directory.query(1000);
    Spill second = directory.query(1000);
    SpillFile closed = first.create();
    closed.append(page());
    first.create().append(page());
    second.create().append(page());
    assertThat(filesLeft()).isEqualTo(3);
    closed.close();
    closed.close();
    assertThat(filesLeft()).isEqualTo(2);
    first.close();
    assertThat(filesLeft()).isEqualTo(1);
    assertThatThrownBy(first::create).isInstanceOf(CuveeException.class);
    second.close();
    assertThat(directory.usedBytes()).isZero();
    directory.close();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void whatACrashLeftIsDeletedAtTheStartAndWhatIsInUseIsNot() throws IOException {
    Path left = Files.createDirectories(root.resolve("spill-crashed"));
    Files.createFile(left.resolve("lock"));
    Files.writeString(left.resolve("1.pages"), "old");
    Files.writeString(root.resolve("of somebody else"), "kept");
    try (SpillDirectory directory = directory();
        Spill spill = directory.query(1000)) {
      assertThat(left).doesNotExist();
      assertThat(root.resolve("of somebody else")).exists();
      SpillFile file = spill.create();
      long at = file.append(page());
      directory().close();
      assertThat(file.read(at, TYPES).column(0).get(1)).isEqualTo(-7L);
      assertThat(file.path()).exists();
    }
  }

  @Test
  void damagedBytesAreFound() throws IOException {
    try (SpillDirectory directory = directory();
        Spill spill = directory.query(1000)) {
      SpillFile file = spill.create();
      file.append(page());
      long at = file.append(page());
      long size = Files.size(file.path());
      for (long position = at; position < size; position++) {
        flip(file.path(), position);
        assertThatThrownBy(() -> file.read(at, TYPES))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
            .hasMessageContaining(file.path().toString())
            .hasMessageContaining("server.spill-directory");
        flip(file.path(), position);
      }
      assertThat(file.read(at, TYPES).rowCount()).isEqualTo(2);
      truncate(file.path(), size - 1);
      assertThatThrownBy(() -> file.read(at, TYPES)).isInstanceOf(CuveeException.class);
      truncate(file.path(), at + 3);
      assertThatThrownBy(() -> file.read(at, TYPES)).isInstanceOf(CuveeException.class);
    }
  }

  private static void flip(Path file, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
      channel.write(one, position);
    }
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  @Test
  void limitsAreKeptAndNamed() throws IOException {
    try (SpillDirectory directory = directory(250, 150);
        Spill first = directory.query(1000);
        Spill second = directory.query(1000)) {
      fill(first, "server.query-spill");
      fill(second, "server.spill");
      first.close();
      assertThat(directory.usedBytes()).isLessThanOrEqualTo(150);
      second.create().append(page());
    }
    assertThat(filesLeft()).isZero();
  }

  private void fill(Spill spill, String setting) {
    SpillFile file = spill.create();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                file.append(page());
              }
            })
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED))
        .hasMessageContaining(root.toString())
        .hasMessageContaining(setting + ".");
  }

  @Test
  void aDirectoryThatCannotBeUsedIsNamedWithItsSetting() throws IOException {
    Files.writeString(root, "a file, not a folder");
    try (SpillDirectory directory = directory();
        Spill spill = directory.query(1000)) {
      assertThatThrownBy(spill::create)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining(root.toString())
          .hasMessageContaining("server.spill-directory");
    }
  }
}
