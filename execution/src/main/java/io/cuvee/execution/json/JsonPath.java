package io.cuvee.execution.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A path into a JSON document: `$`, then `.key`, `['key']`, `[3]` or `[*]`, any number of them.
/// The leading `$.` may be left out.
///
/// @param steps a key is a `String`, an element of an array an `Integer`, any element [Any]
public record JsonPath(List<Object> steps) {
  /// Stands for all elements of an array.
  public enum Any {
    ELEMENT
  }

  private static final char KEY = '\u0001';
  private static final char ELEMENT = '\u0002';
  private static final int MAX_STEPS = 100;

  public JsonPath {
    steps = List.copyOf(steps);
  }

  /// @throws CuveeException `DATA_EXCEPTION` that says where the text is no path
  public static JsonPath parse(String text) {
    List<Object> steps = new ArrayList<>();
    int at = text.startsWith("$") ? 1 : 0;
    boolean bareKey = at == 0;
    while (at < text.length() || bareKey) {
      if (bareKey || text.charAt(at) == '.') {
        int start = bareKey ? at : at + 1;
        int end = start;
        while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
          end++;
        }
        if (end == start || steps.size() == MAX_STEPS) {
          throw wrong(text, start);
        }
        steps.add(text.substring(start, end));
        at = end;
        bareKey = false;
      } else if (text.charAt(at) == '[') {
        int end = closing(text, at);
        steps.add(bracketed(text, at, text.substring(at + 1, end).strip()));
        at = end + 1;
      } else {
        throw wrong(text, at);
      }
    }
    return new JsonPath(steps);
  }

  /// The bracket that ends the step; one within quotes does not.
  private static int closing(String text, int open) {
    char quote = 0;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ']') {
        return i;
      }
    }
    throw wrong(text, open);
  }

  private static Object bracketed(String text, int at, String inner) {
    if (inner.equals("*")) {
      return Any.ELEMENT;
    }
    boolean quoted =
        inner.length() >= 2
            && (inner.charAt(0) == '\'' || inner.charAt(0) == '"')
            && inner.charAt(inner.length() - 1) == inner.charAt(0);
    if (quoted) {
      return inner.substring(1, inner.length() - 1);
    }
    try {
      int index = Integer.parseInt(inner);
      if (index >= 0) {
        return index;
      }
    } catch (NumberFormatException notNumber) {
      throw wrong(text, at, notNumber);
    }
    throw wrong(text, at);
  }

  private static CuveeException wrong(String text, int at) {
    return wrong(text, at, null);
  }

  private static CuveeException wrong(
      String text, int at, @org.jspecify.annotations.Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.DATA_EXCEPTION,
        "'"
            + text
            + "' is no JSON path, at character "
            + (at + 1)
            + ". Write $.key, $.key[0], $.key[*] or $['key'].",
        cause);
  }

  /// The first value at this path; a missing node if there is none.
  public JsonNode find(JsonNode document) {
    return find(document, 0);
  }

  private JsonNode find(JsonNode node, int step) {
    JsonNode found = node;
    for (int i = step; i < steps.size(); i++) {
      Object next = steps.get(i);
      if (next instanceof Any) {
        for (JsonNode element : found) {
          JsonNode inElement = found.isArray() ? find(element, i + 1) : found.path(-1);
          if (!inElement.isMissingNode()) {
            return inElement;
          }
        }
        return found.path(-1);
      }
      found = next instanceof Integer index ? found.path(index) : found.path((String) next);
    }
    return found;
  }

  /// The paths of all values at this one, as `$['key'][0]`, in the order of the document. A key `*`
  /// stands for all keys of an object.
  public List<String> places(JsonNode document) {
    List<String> places = new ArrayList<>();
    addPlaces(document, 0, "$", places);
    return places;
  }

  private void addPlaces(JsonNode node, int step, String place, List<String> places) {
    if (step == steps.size()) {
      places.add(place);
      return;
    }
    Object next = steps.get(step);
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        if (next instanceof Any || next.equals("*") || next.equals(i)) {
          addPlaces(node.get(i), step + 1, place + "[" + i + "]", places);
        }
      }
      return;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (next instanceof Any || next.equals("*") || next.equals(field.getKey())) {
        addPlaces(field.getValue(), step + 1, place + "['" + field.getKey() + "']", places);
      }
    }
  }

  /// The path with any element in the place of a certain one, in a form in which paths can be
  /// compared and continued.
  public String pattern() {
    StringBuilder pattern = new StringBuilder();
    for (Object step : steps) {
      if (step instanceof String key) {
        pattern.append(KEY).append(key);
      } else {
        pattern.append(ELEMENT);
      }
    }
    return pattern.toString();
  }

  /// Whether it names certain elements of arrays.
  public boolean hasIndexes() {
    return steps.stream().anyMatch(Integer.class::isInstance);
  }

  /// The pattern of a key below another.
  public static String key(String pattern, String key) {
    return pattern + KEY + key;
  }

  /// The pattern of the elements of an array.
  public static String element(String pattern) {
    return pattern + ELEMENT;
  }
}
