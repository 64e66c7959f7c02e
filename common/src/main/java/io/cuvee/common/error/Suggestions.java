package io.cuvee.common.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Finds the names that a mistyped name may have meant.
public final class Suggestions {
  private Suggestions() {}

  /// The up to three names nearest to `wanted` by edit distance, nearest first; none that differs
  /// in more than a third of its letters (at least two).
  public static List<String> nearest(String wanted, Collection<String> known) {
    String target = wanted.toLowerCase(Locale.ROOT);
    int limit = Math.max(2, target.length() / 3);
    return known.stream()
        .filter(name -> distance(target, name.toLowerCase(Locale.ROOT)) <= limit)
        .sorted(
            Comparator.<String>comparingInt(name -> distance(target, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(3)
        .toList();
  }

  /// ` Did you mean 'a' or 'b'?`, or the empty string when nothing is near.
  public static String didYouMean(String wanted, Collection<String> known) {
    List<String> names = nearest(wanted, known).stream().map(name -> "'" + name + "'").toList();
    return switch (names.size()) {
      case 0 -> "";
      case 1 -> " Did you mean " + names.getFirst() + "?";
      default ->
          " Did you mean "
              + String.join(", ", names.subList(0, names.size() - 1))
              + " or "
              + names.getLast()
              + "?";
    };
  }

  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
