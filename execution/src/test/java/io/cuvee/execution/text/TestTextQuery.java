package io.cuvee.execution.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;

class TestTextQuery {
  private static final List<String> TEXTS =
      List.of(
          "Java, C++ and Apache Pinot",
          "distributed systems, query engines",
          "The distributed query planner of the system",
          "Straße und STRASSE, naïve café",
          "東京 タワー",
          "",
          "the of and",
          "error-404 at 10.0.0.1: disk/full",
          "roam foam 2019-07-04");

  private static List<Integer> find(String query, String options) {
    BytesValuesBuilder texts = new BytesValuesBuilder(TEXTS.size() + 1);
    TEXTS.forEach(text -> texts.append(text.getBytes(StandardCharsets.UTF_8)));
    texts.appendNull();
    long[] found = TextQuery.parse(query, options).find(texts.build(), 0, TEXTS.size() + 1);
    return IntStream.range(0, TEXTS.size() + 1)
        .filter(i -> (found[i >>> 6] >>> i & 1) != 0)
        .boxed()
        .toList();
  }

  private static void check(String query, Integer... expected) {
    assertThat(find(query, "")).as(query).containsExactly(expected);
  }

  @Test
  void theSyntaxIsThatOfLucenesClassicParser() {
    check("java", 0);
    check("JAVA AND pinot", 0);
    check("java OR planner", 0, 2);
    check("java planner", 0, 2);
    check("distributed AND NOT planner", 1);
    check("+distributed -planner", 1);
    check("\"distributed query\"", 2);
    check("\"distributed planner\"~2", 2);
    check("\"query distributed\"");
    check("(java OR query) AND (engines OR apache)", 0, 1);
    check("plan*", 2);
    check("*anner", 2);
    check("p?not", 0);
    check("pinto~", 0);
    check("foam~1", 8);
    check("/syst.*/", 1, 2);
    check("/SYSTEMS?/", 1, 2);
    check("/\\d+/", 7, 8);
    check("/\\D+4/");
    check("[java TO planner]", 0, 2, 3);
    check("{java TO pinot}", 3);
    check("straße", 3);
    check("NAÏVE", 3);
    check("東京", 4);
    check("404", 7);
    check("error\\-404", 7);
    check("\"10.0.0.1\"", 7);
    check("java^0", 0);
  }

  @Test
  void stopWordsAreNeitherFoundNorAskedFor() {
    check("the");
    check("the AND planner", 2);
    check("\"planner of the system\"", 2);
    check("\"planner system\"");
  }

  @Test
  void notNeedsSomethingToLeaveOutOf() {
    check("NOT java");
    check("*:* AND NOT java", 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void optionsChangeHowWordsAreCombined() {
    assertThat(find("distributed planner", "defaultOperator=AND")).containsExactly(2);
    assertThat(find("java planner", "parser=CLASSIC, DefaultOperator=or")).containsExactly(0, 2);
    assertThatThrownBy(() -> find("*anner", "allowLeadingWildcard=false"))
        .hasMessageContaining("'*' or '?' not allowed as first character");
    assertThatThrownBy(() -> find("java", "parser=COMPLEX"))
        .hasMessageContaining("no option 'parser=COMPLEX'");
  }

  @Test
  void whatIsWrongIsSaidWithItsPlace() {
    assertWrong("java AND", "at character 9: it ends too early");
    assertWrong("", "it ends too early");
    assertWrong("\"java", "at character 6: it ends too early");
    assertWrong("java) x", "at character 5: nobody expects");
    assertWrong("/[/", "unexpected end-of-string");
    assertWrong("name:java", "'name:' names a field");
    assertWrong("name:[a TO b]", "'name:' names a field");
    assertWrong("java~1.5", "Fractional edit distances");
    assertWrong("/((a{1000}){1000}){1000}/", "too long");
    assertWrong("/(a|b)*a(a|b){18}/", "too complex");
    assertWrong("/" + "a|".repeat(600) + "a/", "too long");
    assertWrong("(".repeat(2000) + "a", "parentheses");
    assertWrong("w ".repeat(1100), "");
    assertWrong("x".repeat(70_000), "more than 65536 characters");
  }

  private static void assertWrong(String query, String message) {
    assertThatThrownBy(() -> find(query, ""))
        .as(query)
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_EXCEPTION))
        .hasMessageContaining("TEXT_MATCH")
        .hasMessageContaining(message);
  }

  /// A text passes or not by itself, also among many that are nearer to the query.
  @Test
  void otherTextsDoNotMatter() throws Exception {
    Random random = new Random(Long.getLong("cuvee.random.seed", 20_261_122));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      words.add(
          random.ints(5, 'a', 'f').mapToObj(Character::toString).collect(Collectors.joining()));
    }
    BytesValues texts = BytesValues.of(words.toArray(String[]::new));
    for (String text :
        List.of("abcde~2", "ab*", "*e", "/a.[c-e]*/", "[b TO ca]", "a?c?e", "bbbbb~1")) {
      TextQuery query = TextQuery.parse(text, "");
      long[] all = query.find(texts, 0, texts.count());
      try (ByteBuffersDirectory directory = new ByteBuffersDirectory();
          TextIndexer indexer = new TextIndexer(directory)) {
        for (String word : words) {
          indexer.add(word);
        }
        indexer.finish();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertThat(query.find(reader)).as(text).isEqualTo(all);
        }
      }
      int found = 0;
      for (int i = 0; i < 20; i++) {
        long alone = query.find(texts, i, i + 1)[0];
        assertThat(alone).as(text + " " + words.get(i)).isEqualTo(all[i >>> 6] >>> i & 1);
        found += (int) alone;
      }
      assertThat(found).as(text).isLessThan(20);
    }
  }

  @Test
  void noThreadStays() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    check("java", 0);
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .noneMatch(
            thread -> thread.getName().toLowerCase(java.util.Locale.ROOT).contains("lucene"));
  }
}
