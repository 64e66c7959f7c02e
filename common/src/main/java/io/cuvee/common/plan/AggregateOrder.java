package io.cuvee.common.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The order in which an aggregate takes the values of a group, as a text among the constants of
/// its call: `1 DESC NULLS FIRST, 0 ASC NULLS LAST`, by position in the columns of the call.
public final class AggregateOrder {
  /// No order was asked for; it is that of the values.
  public static final String BY_VALUE = "BY VALUE";

  /// The order in which rows come, which is given in a window only.
  public static final String AS_ROWS_COME = "";

  private static final Pattern ITEM = Pattern.compile("(\\d{1,4}) (ASC|DESC) NULLS (FIRST|LAST)");

  private AggregateOrder() {}

  public static String text(List<SortKey> keys) {
    return keys.stream()
        .map(key ->
            key.column()
                + (key.descending() ? " DESC" : " ASC")
                + (key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"))
        .collect(Collectors.joining(", "));
  }

  /// The keys in a text that [#text] made, or in one of the constants.
  ///
  /// @throws CuveeException `PROTOCOL` if it is none
  public static List<SortKey> parse(String text) {
    if (text.equals(BY_VALUE)) {
      return List.of(new SortKey(0, false, false));
    }
    List<SortKey> keys = new ArrayList<>();
    if (!text.equals(AS_ROWS_COME)) {
      for (String item : text.split(", ", -1)) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches()) {
          throw new CuveeException(
              ErrorCode.PROTOCOL, "Not the order of an aggregate: '" + text + "'.");
        }
        keys.add(
            new SortKey(
                Integer.parseInt(matcher.group(1)),
                matcher.group(2).equals("DESC"),
                matcher.group(3).equals("FIRST")));
      }
    }
    return keys;
  }
}
