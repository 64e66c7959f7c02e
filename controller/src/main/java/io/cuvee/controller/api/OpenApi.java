package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The OpenAPI document, made from the routes themselves, so that it cannot say anything else.
final class OpenApi {
  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z]+)}");

  private OpenApi() {}

  static ObjectNode document(List<Endpoint> endpoints) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("openapi", "3.0.3");
    root.putObject("info").put("title", "Cuvée controller").put("version", "1");
    ObjectNode paths = root.putObject("paths");
    for (Endpoint endpoint : endpoints) {
      ObjectNode operation =
          paths
              .withObject("/" + escape(endpoint.path()))
              .putObject(endpoint.method().toLowerCase(Locale.ROOT));
      operation.put("summary", endpoint.summary());
      ArrayNode parameters = operation.putArray("parameters");
      Matcher variables = VARIABLE.matcher(endpoint.path());
      while (variables.find()) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", variables.group(1)).put("in", "path").put("required", true);
        parameter.putObject("schema").put("type", "string");
      }
      ObjectNode responses = operation.putObject("responses");
      responses.putObject("200").put("description", "Done");
      responses
          .putObject("default")
          .put("description", "{\"code\": HTTP status, \"error\": what was wrong and what to do}");
    }
    return root;
  }

  /// A path as one step of a JSON pointer.
  private static String escape(String path) {
    return path.replace("~", "~0").replace("/", "~1");
  }
}
