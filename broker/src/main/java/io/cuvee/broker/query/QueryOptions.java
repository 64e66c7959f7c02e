package io.cuvee.broker.query;

import io.cuvee.calcite.parser.Lexemes;
import io.cuvee.calcite.plan.Dialect;
import io.cuvee.calcite.plan.Session;
import io.cuvee.calcite.pql.PqlForm;
import io.cuvee.calcite.pql.PqlStatement;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The options of one query: `timeoutMs=1000;allowPartial=true` beside it, `SET timeoutMs = 1000;`
/// before it, or `OPTION(timeoutMs=1000)` at its end. `useStarTree=false` has servers scan rows
/// where a star-tree could answer, `skipUpsert=true` counts rows too that others of their keys have
/// replaced. Options of Pinot that mean nothing here are passed over, as Pinot does.
///
/// @param sql without the leading SETs and the OPTION at the end
/// @param options by lower-case name
public record QueryOptions(String sql, Map<String, String> options) {
  private static final Pattern SET =
      Pattern.compile(
          "SET\\s+([A-Za-z_][\\w.]*)\\s*=\\s*('(?:[^']|'')*'|\"[^\"]*\"|[^;'\"]*?)\\s*;",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern OPTION =
      Pattern.compile("\\bOPTION\\s*\\(([^()']*)\\)[\\s;]*$", Pattern.CASE_INSENSITIVE);

  private static final Pattern EXPLAIN =
      Pattern.compile("\\s*EXPLAIN\\b", Pattern.CASE_INSENSITIVE);

  /// @param text `k=v;k2=v2`, or empty
  public static QueryOptions of(String sql, String text) {
    Map<String, String> options = new LinkedHashMap<>();
    put(options, "queryOptions", text, ";");
    int end = 0;
    for (int at = Lexemes.skipBlank(sql, 0);
        sql.regionMatches(true, at, "SET", 0, 3);
        at = Lexemes.skipBlank(sql, end)) {
      Matcher set = SET.matcher(sql).region(at, sql.length());
      if (!set.lookingAt()) {
        break;
      }
      options.put(name(set.group(1)), unquoted(set.group(2)));
      end = set.end();
    }
    String rest = end == 0 ? sql : sql.substring(end);
    Matcher option = OPTION.matcher(rest);
    if (option.find()) {
      put(options, "OPTION", option.group(1), ",");
      rest = rest.substring(0, option.start());
    }
    return new QueryOptions(rest, options);
  }

  private static void put(
      Map<String, String> options, String where, String text, String separator) {
    for (String option : text.split(separator, -1)) {
      int equals = option.indexOf('=');
      if (equals > 0) {
        options.put(
            name(option.substring(0, equals)), unquoted(option.substring(equals + 1).trim()));
      } else if (!option.isBlank()) {
        throw new CuveeException(
            ErrorCode.INVALID_PARAMETER,
            where
                + ": '"
                + option.trim()
                + "' is not of the form key=value. Separate options by '"
                + separator
                + "'.");
      }
    }
  }

  /// How a PQL statement is answered in the old form, unless `responseFormat=sql` or `dialect` say
  /// otherwise.
  public Optional<PqlForm> oldForm() {
    boolean old =
        !"sql".equalsIgnoreCase(options.get("responseformat"))
            && "pql".equalsIgnoreCase(options.getOrDefault("dialect", "pql"))
            && !EXPLAIN.matcher(sql).lookingAt();
    return old ? Optional.of(PqlStatement.toForm(sql)) : Optional.empty();
  }

  /// The same options for another statement.
  public QueryOptions asking(String other) {
    Map<String, String> kept = new LinkedHashMap<>(options);
    kept.remove("dialect");
    return new QueryOptions(other, kept);
  }

  private static String name(String text) {
    return text.trim().toLowerCase(Locale.ROOT);
  }

  private static String unquoted(String text) {
    if (text.length() >= 2 && text.charAt(0) == '\'') {
      return text.substring(1, text.length() - 1).replace("''", "'");
    }
    return text.length() >= 2 && text.charAt(0) == '"'
        ? text.substring(1, text.length() - 1)
        : text;
  }

  /// The call for this statement, with these options where they say something.
  public QueryCall applyTo(QueryCall call) {
    if (options.isEmpty()) {
      return call;
    }
    Duration timeout = number("timeoutms").map(Duration::ofMillis).orElse(null);
    return new QueryCall(
        call.id(),
        sql,
        call.values(),
        applyTo(call.session()),
        timeout == null ? call.timeout() : Optional.of(timeout),
        Math.min(number("maxrows").orElse(QueryCall.ALL_ROWS), call.maxRows()),
        flag("allowpartial", call.allowPartial()),
        flag("usestartree", call.useStarTrees()),
        flag("skipupsert", call.skipsUpsert()),
        call.client());
  }

  /// The session with the dialect and the time zone that are stated.
  public Session applyTo(Session session) {
    String stated = options.get("dialect");
    Dialect dialect =
        stated == null
            ? session.dialect()
            : switch (stated.toLowerCase(Locale.ROOT)) {
              case "sql" -> Dialect.SQL;
              case "pql" -> Dialect.PQL;
              default -> throw invalid("dialect", stated, "sql or pql");
            };
    String zone = options.get("timezone");
    try {
      return new Session(dialect, zone == null ? session.zone() : ZoneId.of(zone));
    } catch (DateTimeException e) {
      throw invalid("timeZone", String.valueOf(zone), "a zone such as UTC or Europe/Paris");
    }
  }

  private boolean flag(String name, boolean otherwise) {
    String text = options.get(name);
    return text == null ? otherwise : Boolean.parseBoolean(text);
  }

  private Optional<Long> number(String name) {
    String text = options.get(name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      long value = Long.parseLong(text.trim());
      if (value > 0) {
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw invalid(name, text, "a whole number above 0");
  }

  private static CuveeException invalid(String name, String value, String allowed) {
    return new CuveeException(
        ErrorCode.INVALID_PARAMETER,
        "Query option " + name + " is '" + value + "'. Use " + allowed + ".");
  }
}
