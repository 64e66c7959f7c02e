package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// Each event is a row.
final class EachEvent implements EventTable {
  @Override
  public String schema() {
    return "";
  }

  @Override
  public String config() {
    return "";
  }

  @Override
  public String indexing() {
    return "\"sortedColumn\": [\"text\"], ";
  }

  @Override
  public String fields(int partition, long n) {
    return ", \"text\": \"t" + n % 7 + "\"";
  }

  @Override
  public Optional<String> compare(JsonNode row) {
    long count = row.path(1).asLong();
    return row.path(2).asLong() == count - 1 && row.path(3).asLong() == count * (count - 1) / 2
        ? Optional.empty()
        : Optional.of("not each number once: " + row);
  }

  @Override
  public Optional<String> compareAll(JsonNode row, long events) {
    return row.path(1).asLong() == events
            && row.path(2).asLong() == events
            && row.path(3).asLong() == 0
            && row.path(4).asLong() == events - 1
        ? Optional.empty()
        : Optional.of("Of " + events + " numbers there are " + row);
  }
}
