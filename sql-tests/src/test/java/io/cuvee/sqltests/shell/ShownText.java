package io.cuvee.sqltests.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// What a shell has written to its screen, without the codes that place and colour it.
final class ShownText {
  static final long LIMIT_SECONDS = 60;

  private final ByteArrayOutputStream screen;
  private int seen;

  ShownText(ByteArrayOutputStream screen) {
    this.screen = screen;
  }

  /// What has appeared since the last time, once it holds a text.
  String await(String text) {
    return await(shown -> shown.contains(text), text);
  }

  String await(Predicate<String> condition, String what) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (System.nanoTime() < end) {
      String all = all();
      String shown = plain(all.substring(seen));
      if (condition.test(shown)) {
        seen = all.length();
        return shown;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("No '" + what + "' in:\n" + plain(all().substring(seen)));
  }

  private String all() {
    return screen.toString(StandardCharsets.UTF_8);
  }

  private static String plain(String shown) {
    return shown.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]|\u001b[=>]|\u001b\\(B", "");
  }
}
