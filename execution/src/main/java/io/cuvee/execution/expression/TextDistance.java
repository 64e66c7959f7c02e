package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.HashMap;
import java.util.Map;

/// How alike texts are, by their characters. After Damerau, "A technique for computer detection and
/// correction of spelling errors" (1964), and Winkler, "String comparator metrics" (1990).
final class TextDistance {
  /// So many equal characters at the beginning count.
  private static final int PREFIX = 4;

  private static final int MAX_LENGTH = 3_000;

  private TextDistance() {}

  private static void check(int[] a, int[] b) {
    if (Math.max(a.length, b.length) > MAX_LENGTH) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "Texts whose likeness is computed have at most " + MAX_LENGTH + " characters.");
    }
  }

  static long damerau(int[] a, int[] b) {
    check(a, b);
    int most = a.length + b.length;
    int[][] cost = new int[a.length + 2][b.length + 2];
    cost[0][0] = most;
    for (int i = 0; i <= a.length; i++) {
      cost[i + 1][0] = most;
      cost[i + 1][1] = i;
    }
    for (int j = 0; j <= b.length; j++) {
      cost[0][j + 1] = most;
      cost[1][j + 1] = j;
    }
    Map<Integer, Integer> rows = new HashMap<>();
    for (int i = 1; i <= a.length; i++) {
      int column = 0;
      for (int j = 1; j <= b.length; j++) {
        int row = rows.getOrDefault(b[j - 1], 0);
        int before = column;
        boolean equal = a[i - 1] == b[j - 1];
        if (equal) {
          column = j;
        }
        int changed = cost[i][j] + (equal ? 0 : 1);
        int inserted = Math.min(cost[i + 1][j], cost[i][j + 1]) + 1;
        int swapped = cost[row][before] + (i - row - 1) + 1 + (j - before - 1);
        cost[i + 1][j + 1] = Math.min(Math.min(changed, inserted), swapped);
      }
      rows.put(a[i - 1], i);
    }
    return cost[a.length + 1][b.length + 1];
  }

  static double jaro(int[] a, int[] b) {
    check(a, b);
    if (a.length == 0 || b.length == 0) {
      return 0;
    }
    int reach = Math.max(0, Math.max(a.length, b.length) / 2 - 1);
    boolean[] taken = new boolean[b.length];
    int[] matches = new int[Math.min(a.length, b.length)];
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      int end = Math.min(b.length, i + reach + 1);
      for (int j = Math.max(0, i - reach); j < end; j++) {
        if (!taken[j] && a[i] == b[j]) {
          taken[j] = true;
          matches[count++] = a[i];
          break;
        }
      }
    }
    if (count == 0) {
      return 0;
    }
    int moved = 0;
    int next = 0;
    for (int j = 0; j < b.length; j++) {
      if (taken[j] && b[j] != matches[next++]) {
        moved++;
      }
    }
    double found = count;
    return (found / a.length + found / b.length + (found - moved / 2.0) / found) / 3;
  }

  static double jaroWinkler(int[] a, int[] b) {
    double jaro = jaro(a, b);
    int alike = 0;
    while (alike < Math.min(PREFIX, Math.min(a.length, b.length)) && a[alike] == b[alike]) {
      alike++;
    }
    return jaro > 0.7 ? jaro + alike * 0.1 * (1 - jaro) : jaro;
  }
}
