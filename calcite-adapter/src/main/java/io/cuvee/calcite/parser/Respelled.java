package io.cuvee.calcite.parser;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A statement whose text has been brought into a form that the parser knows.
///
/// @param statement with the new text, and its offsets in there
/// @param origins where parts of the new text come from: by their offset there
/// @param operators functions that are written as `<<` for the parser, by the operator's offset
/// @param ties offsets of the counts of FETCH … WITH TIES
/// @param percentages offsets of the counts of LIMIT that are percentages
/// @param source the text as the client sent it
public record Respelled(
    ScannedStatement statement,
    NavigableMap<Integer, Origin> origins,
    NavigableMap<Integer, String> operators,
    Set<Integer> ties,
    Set<Integer> percentages,
    String source) {

  private static final Pattern PLACE = Pattern.compile("at line (\\d+), column (\\d+)");

  /// A token of the client's text.
  record Origin(int start, int end) {}

  /// A statement with its text as the parser wants it.
  public static Respelled of(ScannedStatement statement) {
    return Respelling.of(statement);
  }

  static Respelled unchanged(ScannedStatement statement) {
    return new Respelled(
        statement, new TreeMap<>(), new TreeMap<>(), Set.of(), Set.of(), statement.text());
  }

  /// The text that the parser reads.
  public String text() {
    return statement.text();
  }

  /// What the client wrote where the new text has something from `start` to before `end`.
  String original(int start, int end) {
    if (origins.isEmpty()) {
      return text().substring(start, end);
    }
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (Origin origin : origins.subMap(start, true, end, false).values()) {
      from = Math.min(from, origin.start());
      to = Math.max(to, origin.end());
    }
    return from < to ? source.substring(from, to) : text().substring(start, end);
  }

  /// A message with its places as they are in the client's text.
  public String withOriginalPlaces(String message) {
    if (origins.isEmpty()) {
      return message;
    }
    return PLACE
        .matcher(message)
        .replaceAll(place ->
            originalPlace(
                    new TextPosition(
                        Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2))))
                .toString());
  }

  private TextPosition originalPlace(TextPosition place) {
    int offset = place.offset(text());
    Map.Entry<Integer, Origin> token = origins.floorEntry(offset);
    if (token == null) {
      token = origins.firstEntry();
    }
    Origin origin = token.getValue();
    int within = Math.clamp((long) offset - token.getKey(), 0, origin.end() - origin.start());
    return TextPosition.of(source, origin.start() + within);
  }

  /// The function that an operator between two places is.
  Optional<String> operator(int from, int to) {
    Map.Entry<Integer, String> found = operators.ceilingEntry(from);
    return found == null || found.getKey() >= to ? Optional.empty() : Optional.of(found.getValue());
  }

  /// The names of the functions that operators stand for.
  static final Map<String, String> OPERATORS =
      Map.of(
          "&", "BITAND",
          "|", "BITOR",
          "#", "BITXOR",
          "<<", "BITSHIFTLEFT",
          ">>", "BITSHIFTRIGHT");

  /// As `other` has it.
  static List<Integer> moved(List<Integer> offsets, Map<Integer, Integer> places) {
    return offsets.stream().filter(places::containsKey).map(places::get).toList();
  }
}
