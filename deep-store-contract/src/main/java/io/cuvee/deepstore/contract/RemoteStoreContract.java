package io.cuvee.deepstore.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.deepstore.contract.FaultProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a [DeepStore] behind a network owes when that and the server fail.
public abstract class RemoteStoreContract extends DeepStoreContract {
  private static final int FOREVER = Integer.MAX_VALUE;

  /// A proxy before the store's server.
  protected abstract FaultProxy proxy();

  /// The store of [#open] through the proxy, with attempts and times that suit a test.
  protected abstract DeepStore open(FaultProxy proxy);

  /// What a server that fails in passing does.
  protected List<Fault> passingFaults() {
    return List.of(
        new Fault.Delay(300),
        new Fault.HttpError(500),
        new Fault.HttpError(503),
        new Fault.Reset(0),
        new Fault.CutAnswer(20));
  }

  private Path random(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return Files.write(Files.createTempFile(work(), "in", ""), bytes);
  }

  private Path target() throws IOException {
    return Files.createTempDirectory(work(), "out").resolve("out");
  }

  private static void assertFailsWithIo(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO));
  }

  @Test
  void everyCallSurvivesAPassingFault() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore store = open(proxy)) {
      int number = 0;
      for (Fault fault : passingFaults()) {
        String name = "passing/" + number++;
        Path in = random(1_000);
        Path out = target();
        proxy.inject(fault, 2);
        URI object = store.put(in, name);
        assertThat(proxy.struck()).as("%s in put", fault).isPositive();
        proxy.inject(fault, 2);
        store.get(object, out);
        assertThat(proxy.struck()).as("%s in get", fault).isPositive();
        assertThat(Files.mismatch(in, out)).isEqualTo(-1);
        proxy.inject(fault, 2);
        assertThat(store.list("passing/")).as("%s in list", fault).containsExactly(name);
        proxy.inject(fault, 2);
        assertThat(store.exists(object)).as("%s in exists", fault).isTrue();
        proxy.inject(fault, 2);
        store.delete(object);
        assertThat(store.exists(object)).as("%s in delete", fault).isFalse();
      }
    }
  }

  @Test
  void truncatedAndDamagedAnswersAreReadAgain() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore store = open(proxy)) {
      Path in = random(1_000_000);
      URI object = store.put(in, "a/1");
      for (Fault fault : List.of(new Fault.CutAnswer(400_000), new Fault.FlipAnswer(400_000))) {
        Path out = target();
        proxy.inject(fault, 1);
        store.get(object, out);
        assertThat(proxy.struck()).as(fault.toString()).isEqualTo(1);
        assertThat(Files.mismatch(in, out)).isEqualTo(-1);
      }
    }
  }

  /// Some clients go on where an answer was cut, and get there in the end.
  @Test
  void answersThatStayDamagedAreNeverTaken() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore store = open(proxy)) {
      Path in = random(1_000_000);
      URI object = store.put(in, "a/1");
      for (Fault fault : List.of(new Fault.CutAnswer(100_000), new Fault.FlipAnswer(100_000))) {
        Path out = target();
        proxy.inject(fault, FOREVER);
        try {
          store.get(object, out);
          assertThat(Files.mismatch(in, out)).as(fault.toString()).isEqualTo(-1);
        } catch (CuveeException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.IO);
          assertThat(out.getParent()).as(fault.toString()).isEmptyDirectory();
        }
        assertThat(proxy.struck()).isPositive();
      }
    }
  }

  @Test
  void uploadsGoOnAfterABreak() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore store = open(proxy)) {
      Path in = random(20_000_000);
      proxy.inject(new Fault.Reset(9_000_000), 1);
      URI object = store.put(in, "a/1");
      assertThat(proxy.struck()).isEqualTo(1);
      proxy.heal();
      Path out = target();
      store.get(object, out);
      assertThat(Files.mismatch(in, out)).isEqualTo(-1);
      assertThat(store.list("")).containsExactly("a/1");
    }
  }

  @Test
  void writerThatDiesLeavesNothingToSee() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore writer = open(proxy);
        DeepStore reader = open()) {
      URI object = reader.put(file("1"), "a/1");
      reader.delete(object);
      for (int size : new int[] {1_000_000, 20_000_000}) {
        Path in = random(size);
        proxy.inject(new Fault.Reset(500_000), FOREVER);
        assertFailsWithIo(() -> writer.put(in, "a/1"));
        assertThat(proxy.struck()).isPositive();
        assertThat(reader.exists(object)).isFalse();
        assertThat(reader.list("")).isEmpty();
        assertThatThrownBy(() -> reader.get(object, target()))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
      }
      // The name is free still.
      proxy.heal();
      Path in = file("again");
      writer.put(in, "a/1");
      Path out = target();
      reader.get(object, out);
      assertThat(out).hasSameBinaryContentAs(in);
    }
  }

  @Test
  void storeThatIsSilentOrGoneIsGivenUp() throws IOException {
    try (FaultProxy proxy = proxy();
        DeepStore store = open(proxy)) {
      Path in = file("1");
      URI object = store.put(in, "a/1");
      Path out = target();
      proxy.inject(new Fault.Silence(0), FOREVER);
      assertFailsWithIo(() -> store.get(object, out));
      assertThat(proxy.struck()).isPositive();
      proxy.close();
      assertFailsWithIo(() -> store.get(object, out));
      assertFailsWithIo(() -> store.put(in, "a/2"));
      assertFailsWithIo(() -> store.list(""));
      assertThat(out.getParent()).isEmptyDirectory();
    }
  }
}
