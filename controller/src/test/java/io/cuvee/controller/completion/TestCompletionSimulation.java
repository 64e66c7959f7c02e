package io.cuvee.controller.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.controller.completion.CompletionSimulation.CrashPoint;
import io.cuvee.controller.completion.CompletionSimulation.Defect;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestCompletionSimulation {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final int WORLDS = Integer.getInteger("cuvee.completion.worlds", 2_000);

  @Test
  void eachMessageIsCommittedOnceAndReplicasEndEqualWhateverFails() {
    Map<CrashPoint, Integer> crashes = CompletionSimulation.counters();
    long segments = 0;
    for (int i = 0; i < WORLDS; i++) {
      segments += run(SEED + i, Defect.NONE, crashes);
    }
    System.out.println(
        WORLDS + " worlds from seed " + SEED + ", " + segments + " segments, crashes " + crashes);
    assertThat(crashes).containsOnlyKeys(CrashPoint.values());
  }

  /// What the simulation would not notice it does not prove.
  @ParameterizedTest
  @EnumSource(value = Defect.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void defectsAreNoticed(Defect defect) {
    int noticed = 0;
    for (int i = 0; i < 400 && noticed == 0; i++) {
      try {
        run(SEED + i, defect, CompletionSimulation.counters());
      } catch (AssertionError expected) {
        noticed++;
      }
    }
    assertThat(noticed).as("worlds in which %s shows", defect).isPositive();
  }

  private static int run(long seed, Defect defect, Map<CrashPoint, Integer> crashes) {
    try {
      return new CompletionSimulation(seed, defect, crashes).run();
    } catch (AssertionError failure) {
      throw new AssertionError(
          "World "
              + seed
              + " (replay with -Dcuvee.random.seed="
              + seed
              + " -Dcuvee.completion.worlds=1): "
              + failure.getMessage(),
          failure);
    }
  }
}
