package io.cuvee.launcher.embedded;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;

/// The one line of JSON that tells a script that everything can be used, and where it is.
public final class ReadyLine {
  private final ObjectNode node = Json.MAPPER.createObjectNode().put("ready", true);

  public ReadyLine with(String key, String value) {
    node.put(key, value);
    return this;
  }

  public ReadyLine with(String key, long value) {
    node.put(key, value);
    return this;
  }

  public ReadyLine with(String key, Iterable<String> values) {
    values.forEach(node.withArrayProperty(key)::add);
    return this;
  }

  /// Prints it, with this process's id, and flushes.
  public void print() {
    node.put("pid", ProcessHandle.current().pid());
    System.out.println(node);
    System.out.flush();
  }
}
