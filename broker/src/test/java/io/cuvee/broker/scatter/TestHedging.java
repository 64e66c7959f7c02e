package io.cuvee.broker.scatter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestHedging {
  @Test
  void onlyAShareOfTheRequestsIsSentAgain() {
    Hedging hedging = new Hedging(5);
    assertThat(hedging.take(Hedging.BURST)).isTrue();
    assertThat(hedging.take(1)).isFalse();
    int again = 0;
    for (int i = 0; i < 10_000; i++) {
      hedging.asked();
      again += hedging.take(1) ? 1 : 0;
    }
    assertThat(again).isBetween(499, 500);
  }

  @Test
  void noneIsWithoutAShare() {
    assertThat(new Hedging(0).isOn()).isFalse();
    assertThat(new Hedging(0).take(1)).isFalse();
  }
}
