package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest.Answer;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.DuckDb;
import io.cuvee.sqltests.input.IntakeTable.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong is refused with the right status and one clear sentence, and leaves everything as
/// it was.
@ExtendWith(ClusterExtension.class)
class TestWrongUploads {
  private static final AtomicInteger TABLES = new AtomicInteger();

  @TempDir private Path folder;
  private SharedCluster cluster;
  private IntakeTable table;
  private State before;

  @BeforeEach
  void createTable(SharedCluster shared) throws Exception {
    cluster = shared;
    table = IntakeTable.create(cluster, "intake" + TABLES.incrementAndGet(), "");
    before = table.state();
    assertThat(before.rows()).hasSize(3);
  }

  private void assertRefused(Answer answer, int status, String... parts) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.error()).contains(parts).doesNotContain("Exception", "\n", "null");
    assertThat(table.state()).isEqualTo(before);
  }

  @Test
  void anArchiveThatIsCutOff() throws Exception {
    byte[] archive = table.archive(folder, "cut", "id,name\n10,ten\n11,eleven\n");
    for (int length : List.of(0, 1, 20, archive.length / 2, archive.length - 1)) {
      assertRefused(table.upload(Arrays.copyOf(archive, length)), 400, "not a good segment");
    }
  }

  @Test
  void anArchiveWithAFlippedBit() throws Exception {
    byte[] archive = table.archive(folder, "flipped", "id,name\n10,ten\n11,eleven\n");
    Random random = new Random(1);
    for (int i = 0; i < 12; i++) {
      // Some in gzip's header, where what is packed does not depend on them.
      int at = random.nextInt(i < 6 ? 24 : archive.length);
      byte[] damaged = archive.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertRefused(table.upload(damaged), 400, "not a good segment");
    }
  }

  @Test
  void aSegmentWithAFlippedBitInsideOfItsFiles() throws Exception {
    Path archive = folder.resolve("good.tar.gz");
    Files.write(archive, table.archive(folder, "inside", "id,name\n10,ten\n11,eleven\n"));
    Path segment = folder.resolve("inside");
    SegmentArchive.unpack(archive, segment, SegmentArchive.Limits.DEFAULT);
    Random random = new Random(2);
    List<Path> files;
    try (Stream<Path> all = Files.walk(segment)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      for (int i = 0; i < 4; i++) {
        byte[] damaged = content.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(7));
        Files.write(file, damaged);
        Answer answer = table.upload(zip(segment));
        assertThat(answer.status()).as(file + ": " + answer.body()).isEqualTo(400);
        assertThat(table.state()).as(file.toString()).isEqualTo(before);
      }
      Files.write(file, content);
    }
  }

  /// Packed without a look into the files.
  private static byte[] zip(Path segment) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (Stream<Path> files = Files.list(segment);
        ZipOutputStream zip = new ZipOutputStream(archive)) {
      for (Path file : files.toList()) {
        zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return archive.toByteArray();
  }

  @Test
  void somethingThatIsNoArchive() throws Exception {
    assertRefused(
        table.upload("id,name\n1,x\n".getBytes(StandardCharsets.UTF_8)), 400, "not a good segment");
  }

  @Test
  void aSegmentOfAnotherTable() throws Exception {
    IntakeTable other = IntakeTable.create(cluster, table.name() + "other", "");
    assertRefused(
        table.upload(other.archive(folder, "theirs", "id\n7\n")), 400, other.name(), table.name());
  }

  @Test
  void aSegmentForATableThatDoesNotExist() throws Exception {
    byte[] archive = table.archive(folder, "lost", "id\n7\n");
    Answer answer = cluster.controller().uploadSegment("intakee", "segment.tar.gz", archive);
    assertRefused(answer, 404, "intakee");
  }

  @Test
  void theSameSegmentAgainChangesNothing() throws Exception {
    byte[] archive = table.archive(folder, "twice", "id,name\n10,ten\n");
    table.upload(archive).expect(200);
    cluster.awaitRows(table.name(), 4);
    before = table.state();

    assertThat(table.upload(archive).expect(200).body()).contains("already");
    assertThat(table.state()).isEqualTo(before);
  }

  @Test
  void otherRowsUnderTheSameNameReplaceTheSegment() throws Exception {
    table.upload(table.archive(folder, "same", "id,name\n10,ten\n")).expect(200);
    cluster.awaitRows(table.name(), 4);
    table.upload(table.archive(folder, "same", "id,name\n10,ten\n11,eleven\n")).expect(200);
    cluster.awaitRows(table.name(), 5);
  }

  @Test
  void moreThanTheQuota() throws Exception {
    table = IntakeTable.create(cluster, table.name() + "small", "20KB");
    before = table.state();
    StringBuilder rows = new StringBuilder("id,name\n");
    Random random = new Random(3);
    for (int i = 0; i < 3000; i++) {
      rows.append(i).append(',').append(Long.toHexString(random.nextLong())).append('\n');
    }

    assertRefused(table.ingest("csv", rows.toString()), 403, "quota", table.name());
    assertRefused(
        table.upload(table.archive(folder, "big", rows.toString())), 403, "quota", "20480 bytes");
    table.ingest("csv", "id\n4\n").expect(200);
  }

  @Test
  void aCsvFileWithABadRow() throws Exception {
    assertRefused(
        table.ingest("csv", "id,name,amount\n4,four,4.5\nfive,five,5.5\n"), 400, "3", "id", "five");
    assertRefused(table.ingest("csv", "id,amount\n4,4.5\n5,many\n"), 400, "3", "amount", "many");
    assertRefused(table.ingest("csv", "id,day\n4,2024-02-30\n"), 400, "2", "day", "2024-02-30");
    assertRefused(table.ingest("csv", "id,name\n99999999999,x\n"), 400, "id", "99999999999");
    assertRefused(table.ingest("csv", "id,name\n4,four,more\n"), 400, "2");
    assertRefused(table.ingest("csv", "id,name\n4,\"four\n"), 400, "rows.csv");
    assertRefused(table.ingest("csv", "name\nfour\n"), 400, "id");
    assertRefused(table.ingest("csv", "id,name\n,four\n"), 400, "2", "id");
  }

  @Test
  void aJsonFileWithABadRow() throws Exception {
    assertRefused(
        table.ingest("json", "{\"id\": 4}\n{\"id\": 5, \"amount\": \"x\"}\n"), 400, "amount", "x");
    assertRefused(table.ingest("json", "{\"id\": 4}\n{\"id\": \n"), 400, "rows.json");
    assertRefused(table.ingest("json", "{\"id\": 4.5}\n"), 400, "id", "4.5");
    assertRefused(table.ingest("json", "{\"id\": 4, \"amount\": {\"a\": 1}}\n"), 400, "amount");
  }

  @Test
  void aParquetFileWithATypeThatDoesNotFit() throws Exception {
    assertRefused(table.ingest("parquet", parquet("SELECT 'four' AS id")), 400, "id", "four");
    assertRefused(
        table.ingest("parquet", parquet("SELECT 3000000000::BIGINT AS id")),
        400,
        "id",
        "3000000000");
    assertRefused(
        table.ingest("parquet", parquet("SELECT 4 AS id, [1, 2] AS amount")), 400, "amount");
    assertRefused(
        table.ingest("parquet", parquet("SELECT 4 AS id, {'a': 1} AS amount")), 400, "amount");
    byte[] good = parquet("SELECT 4 AS id, 'four' AS name");
    assertRefused(
        table.ingest("parquet", Arrays.copyOf(good, good.length / 2)), 400, "rows.parquet");
  }

  private byte[] parquet(String query) throws Exception {
    Path file = folder.resolve("made.parquet");
    try (DuckDb duckDb = DuckDb.open()) {
      duckDb.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
    }
    return Files.readAllBytes(file);
  }

  @Test
  void aFileWithoutRowsAddsNothing() throws Exception {
    assertThat(table.ingest("csv", "id,name\n").expect(200).json().path("rows").asInt()).isZero();
    assertThat(table.state()).isEqualTo(before);
  }

  @Test
  void aFileOfAnUnknownFormat() throws Exception {
    assertRefused(table.ingest("xml", "<id>4</id>"), 400, "xml", "csv");
  }

  @Test
  void aFileForATableThatDoesNotExist() throws Exception {
    assertRefused(
        cluster.controller().ingest("intakee", "csv", "rows.csv", "id\n1\n"), 404, "intakee");
  }

  @Test
  void schemasAndTablesThatAreWrong() throws Exception {
    String name = table.name();
    assertRefused(cluster.controller().post("/schemas", "{\"schemaName\": "), 400, "schema");
    assertRefused(
        cluster
            .controller()
            .post(
                "/schemas",
                "{\"schemaName\": \"bad\", \"dimensionFieldSpecs\":"
                    + " [{\"name\": \"x\", \"dataType\": \"INTT\"}]}"),
        400,
        "INTT",
        "x");
    assertRefused(
        cluster.controller().post("/tables", "{\"tableName\": \"noschema\"}"), 400, "noschema");
    assertRefused(
        cluster
            .controller()
            .post(
                "/tables",
                cluster.controller().get("/tables/" + name).json().path("OFFLINE").toString()),
        409,
        name);
    assertThat(cluster.controller().get("/schemas/bad").status()).isEqualTo(404);
    assertThat(cluster.controller().get("/tables/noschema").status()).isEqualTo(404);
  }
}
