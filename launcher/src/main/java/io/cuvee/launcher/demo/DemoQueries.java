package io.cuvee.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Runs queries over HTTP and prints rows, time, and what the servers did for them.
public final class DemoQueries implements AutoCloseable {
  private static final int FRESHNESS_TRIES = 20;
  private static final int FRESHNESS_SHOWN = 3;
  private static final long FRESHNESS_PAUSE_MILLIS = 400;

  private final String brokerUrl;
  private final PrintStream out;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public DemoQueries(String brokerUrl, PrintStream out) {
    this.brokerUrl = brokerUrl;
    this.out = out;
  }

  /// Runs a query and prints it, its first `maxRows` rows and its figures.
  public void show(String sql, int maxRows) {
    JsonNode answer = ask(sql);
    for (JsonNode exception : answer.path("exceptions")) {
      throw new CuveeException(
          ErrorCode.ofNumber(exception.path("errorCode").asInt()),
          exception.path("message").asText());
    }
    out.println(sql.strip());
    JsonNode table = answer.path("resultTable");
    List<List<String>> rows = new ArrayList<>();
    rows.add(texts(table.path("dataSchema").path("columnNames")));
    int total = table.path("rows").size();
    for (int i = 0; i < Math.min(total, maxRows); i++) {
      rows.add(texts(table.path("rows").get(i)));
    }
    print(rows);
    out.printf(
        Locale.ROOT,
        "  %,d %s%s · %.1f ms · %,d of %,d rows scanned · %d segments (%d pruned) on %d servers%n%n",
        total,
        total == 1 ? "row" : "rows",
        total > maxRows ? ", the first " + maxRows + " shown" : "",
        answer.path("timeUsedMs").asDouble(),
        answer.path("numDocsScanned").asLong(),
        answer.path("totalDocs").asLong(),
        answer.path("numSegmentsQueried").asInt(),
        answer.path("numSegmentsPrunedByServer").asInt(),
        answer.path("numServersResponded").asInt());
  }

  /// Asks a live table three times what it has; nothing if it has nothing yet after a while.
  public void showFreshness(String table, String timeColumn) {
    String sql = "SELECT COUNT(*), MAX(\"" + timeColumn + "\") FROM " + table;
    int shown = 0;
    try {
      for (int i = 0; i < FRESHNESS_TRIES && shown < FRESHNESS_SHOWN; i++) {
        Thread.sleep(FRESHNESS_PAUSE_MILLIS);
        JsonNode row = ask(sql).path("resultTable").path("rows").path(0);
        if (row.path(0).asLong() > 0) {
          if (shown++ == 0) {
            out.println(sql);
          }
          long age = System.currentTimeMillis() - millis(row.path(1));
          out.printf(Locale.ROOT, "  %,d rows, the newest %d ms ago%n", row.path(0).asLong(), age);
        }
      }
      if (shown > 0) {
        out.println();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Of a TIMESTAMP in an answer, as `2001-01-31 23:59:59.0` in UTC.
  private static long millis(JsonNode value) {
    return value.isNumber()
        ? value.asLong()
        : LocalDateTime.parse(value.asText().replace(' ', 'T'))
            .toInstant(ZoneOffset.UTC)
            .toEpochMilli();
  }

  private JsonNode ask(String sql) {
    String body = Json.MAPPER.createObjectNode().put("sql", sql).toString();
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create(brokerUrl + "/query/sql"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return Json.MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The broker at " + brokerUrl + " cannot be reached: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "Interrupted while waiting for a query.", e);
    }
  }

  private static List<String> texts(JsonNode cells) {
    List<String> texts = new ArrayList<>();
    for (JsonNode cell : cells) {
      texts.add(
          cell.isDouble()
              ? String.format(Locale.ROOT, "%.2f", cell.asDouble())
              : cell.asText("NULL"));
    }
    return texts;
  }

  private void print(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    rows.forEach(row -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    boolean header = true;
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
      if (header) {
        StringBuilder rule = new StringBuilder("  ");
        for (int width : widths) {
          rule.append("-".repeat(width)).append("  ");
        }
        out.println(rule.toString().stripTrailing());
        header = false;
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
