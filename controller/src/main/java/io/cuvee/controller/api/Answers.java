package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.util.List;

/// Forms of answers that several routes share.
final class Answers {
  private Answers() {}

  static ObjectNode status(String text) {
    return Json.MAPPER.createObjectNode().put("status", text);
  }

  /// The keys of a config that mean nothing to us, in the form in which Pinot reports them.
  static ObjectNode unrecognized(List<String> pointers) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    pointers.forEach(pointer -> node.put(pointer, "has no effect"));
    return node;
  }
}
