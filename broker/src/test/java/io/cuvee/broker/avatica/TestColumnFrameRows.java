package io.cuvee.broker.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.broker.BrokerFixture;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The bytes as specified, and who gets them. That the driver reads them is seen in sql-tests.
class TestColumnFrameRows {
  private static String hex(ColumnType type, Values... runs) {
    ColumnFrameRows rows = new ColumnFrameRows(List.of(new OutputColumn("c", type, true, null)));
    for (Values values : runs) {
      rows.add(Page.of(values), 0, values.count());
    }
    rows.finish();
    return HexFormat.of().formatHex(rows.encoded().toByteArray());
  }

  private static Values values(ColumnType type, Object... objects) {
    ValuesBuilder builder = ValuesBuilder.of(type, objects.length);
    for (Object object : objects) {
      builder.appendObject(object);
    }
    return builder.build();
  }

  @Test
  void wholeNumbersAreDifferencesFromTheSmallest() {
    // Rows, columns; form, validity; width, smallest; differences.
    assertThat(hex(ColumnType.LONG, values(ColumnType.LONG, 5L, 260L), values(ColumnType.LONG, 6L)))
        .isEqualTo("03000000" + "01000000" + "6900" + "01" + "0500000000000000" + "00ff01");
    assertThat(hex(ColumnType.INT, values(ColumnType.INT, -1L, 255L)))
        .isEqualTo("02000000" + "01000000" + "6900" + "02" + "ffffffffffffffff" + "00000001");
    assertThat(hex(ColumnType.LONG, values(ColumnType.LONG, Long.MIN_VALUE, Long.MAX_VALUE)))
        .endsWith("08" + "0000000000000080" + "0000000000000000" + "ffffffffffffffff");
    assertThat(hex(ColumnType.DATE, values(ColumnType.DATE, 7L, 7L)))
        .endsWith("00" + "0700000000000000");
  }

  @Test
  void aNullDoesNotWidenTheOthers() {
    assertThat(hex(ColumnType.LONG, values(ColumnType.LONG, null, 1L << 40, null)))
        .isEqualTo("03000000" + "01000000" + "6901" + "02" + "00" + "0000000000010000");
  }

  @Test
  void textsAreLengthsAndBytes() {
    assertThat(
            hex(
                ColumnType.STRING,
                values(
                    ColumnType.STRING,
                    "a".getBytes(StandardCharsets.UTF_8),
                    "bcd".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(
            "02000000" + "01000000" + "6200" + "01" + "0100000000000000" + "0002" + "61626364");
  }

  @Test
  void fewTextsOfManyRowsAreWrittenOnce() {
    String[] few = IntStream.range(0, 1000).mapToObj(i -> "text " + i % 3).toArray(String[]::new);
    String[] many = IntStream.range(0, 1000).mapToObj(i -> "text " + i).toArray(String[]::new);
    assertThat(hex(ColumnType.STRING, BytesValues.of(few)))
        .startsWith("e8030000" + "01000000" + "7200" + "03000000")
        .hasSizeLessThan(2 * 1100);
    assertThat(hex(ColumnType.STRING, BytesValues.of(many))).startsWith("e8030000010000006200");
  }

  private static HttpResponse<byte[]> post(BrokerFixture broker, String accept, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(broker.url("/avatica")))
            .header("Accept", accept)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static String type(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  @Test
  void onlyWhoAsksForColumnsGetsThem() throws Exception {
    String columns = ColumnFrameRows.MEDIA_TYPE + ", application/json";
    try (BrokerFixture broker = new BrokerFixture()) {
      post(broker, "*/*", "{\"request\":\"openConnection\",\"connectionId\":\"c\",\"info\":{}}");
      HttpResponse<byte[]> created =
          post(
              broker,
              columns,
              "{\"request\":\"prepare\",\"connectionId\":\"c\",\"sql\":\"SELECT 1\",\"maxRowCount\":-1}");
      assertThat(type(created)).isEqualTo("application/json");
      String id =
          new String(created.body(), StandardCharsets.UTF_8)
              .replaceAll("(?s).*\"id\":(\\d+),\"signature.*", "$1");
      String execute =
          "{\"request\":\"execute\",\"statementHandle\":{\"connectionId\":\"c\",\"id\":"
              + id
              + ",\"signature\":null},\"parameterValues\":[],\"maxRowCount\":100}";

      HttpResponse<byte[]> byRow = post(broker, "*/*", execute);
      assertThat(type(byRow)).isEqualTo("application/json");
      assertThat(new String(byRow.body(), StandardCharsets.UTF_8)).contains("\"rows\":[[1]]");

      HttpResponse<byte[]> byColumn = post(broker, columns, execute);
      assertThat(type(byColumn)).isEqualTo(ColumnFrameRows.MEDIA_TYPE);
      ByteBuffer answer = ByteBuffer.wrap(byColumn.body()).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(answer.getInt(0)).isEqualTo('C' | 'V' << 8 | 'C' << 16 | 1 << 24);
      assertThat(answer.getInt(4)).isEqualTo(byColumn.body().length - 12);

      HttpResponse<byte[]> failed = post(broker, columns, execute.replace("\"c\"", "\"gone\""));
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(type(failed)).isEqualTo("application/json");
    }
  }
}
