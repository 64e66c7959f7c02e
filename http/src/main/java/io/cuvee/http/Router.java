package io.cuvee.http;

import io.cuvee.common.error.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the handler of a path. A pattern is made of literal segments, `{name}` for one segment
/// and, at its end, `{name...}` for all the rest. Literals win over variables. Built once, then
/// only read.
final class Router {
  private final Node root = new Node();

  /// Patterns without variables, by path: most requests need no walk.
  private final Map<String, Node> plain = new HashMap<>();

  private final TreeSet<String> patterns = new TreeSet<>();

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    final Map<String, Route> routes = new TreeMap<>();
    @Nullable Node variable;
    @Nullable Node rest;
  }

  /// @param variables the names in the pattern, in order
  record Route(HttpHandler handler, List<String> variables) {}

  /// What a path leads to. Without a route, `allowed` holds the methods that the path has; none if
  /// it is unknown.
  record Match(@Nullable Route route, List<String> values, List<String> allowed) {}

  void add(String method, String pattern, HttpHandler handler) {
    Node node = root;
    List<String> names = new ArrayList<>();
    for (String segment : pattern.substring(1).split("/", -1)) {
      if (segment.startsWith("{") && segment.endsWith("...}")) {
        names.add(segment.substring(1, segment.length() - 4));
        if (node.rest == null) {
          node.rest = new Node();
        }
        node = node.rest;
      } else if (segment.startsWith("{")) {
        names.add(segment.substring(1, segment.length() - 1));
        if (node.variable == null) {
          node.variable = new Node();
        }
        node = node.variable;
      } else if (!segment.isEmpty()) {
        node = node.literals.computeIfAbsent(segment, key -> new Node());
      }
    }
    if (node.routes.put(method, new Route(handler, List.copyOf(names))) != null) {
      throw new IllegalArgumentException(
          "The route " + method + " " + pattern + " is stated twice.");
    }
    if (names.isEmpty()) {
      plain.put(pattern, node);
    }
    patterns.add(method + " " + pattern);
  }

  Match find(String method, String rawPath) {
    Node node = plain.get(rawPath);
    if (node != null) {
      return match(method, node, List.of());
    }
    List<String> segments = HttpPath.segments(rawPath);
    List<String> values = new ArrayList<>(4);
    node = walk(root, segments, 0, values);
    return node == null ? new Match(null, List.of(), List.of()) : match(method, node, values);
  }

  private static Match match(String method, Node node, List<String> values) {
    Route route = node.routes.get(method);
    if (route == null && method.equals("HEAD")) {
      route = node.routes.get("GET");
    }
    return new Match(route, values, route == null ? List.copyOf(node.routes.keySet()) : List.of());
  }

  private static @Nullable Node walk(
      Node node, List<String> segments, int position, List<String> values) {
    if (position == segments.size()) {
      if (!node.routes.isEmpty()) {
        return node;
      }
    } else {
      String segment = segments.get(position);
      Node literal = node.literals.get(segment);
      if (literal != null) {
        Node found = walk(literal, segments, position + 1, values);
        if (found != null) {
          return found;
        }
      }
      if (node.variable != null) {
        values.add(segment);
        Node found = walk(node.variable, segments, position + 1, values);
        if (found != null) {
          return found;
        }
        values.removeLast();
      }
    }
    if (node.rest != null) {
      values.add(String.join("/", segments.subList(position, segments.size())));
      return node.rest;
    }
    return null;
  }

  /// A sentence for an unknown path, with the routes that it may have meant.
  String unknown(String method, String path) {
    List<String> nearest = Suggestions.nearest(method + " " + path, patterns);
    if (nearest.isEmpty()) {
      int slash = path.indexOf('/', 1);
      String first = slash < 0 ? path : path.substring(0, slash);
      nearest =
          patterns.stream()
              .filter(pattern -> pattern.contains(" " + first + "/"))
              .limit(5)
              .toList();
    }
    return "There is no "
        + path
        + " here."
        + (nearest.isEmpty()
            ? " Routes: " + String.join(", ", patterns.stream().limit(20).toList())
            : " Nearest: " + String.join(", ", nearest))
        + ".";
  }
}
