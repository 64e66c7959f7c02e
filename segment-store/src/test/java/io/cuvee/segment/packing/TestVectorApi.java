package io.cuvee.segment.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class TestVectorApi {
  private static final String LOADER = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";

  /// In a process of its own, because a process goes over to vectors once. Prints whether they are
  /// active before and after, and how often other kernels were called.
  static final class Activation {
    private Activation() {}

    public static void main(String[] arguments) {
      boolean before = VectorApi.isActive();
      int[] calls = {0};
      VectorApi.activate(Duration.ofMillis(100), () -> calls[0]++);
      int[] out = new int[PackedFormat.BLOCK];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment block = arena.allocate(PackedFormat.blockBytes(5), 64);
        block.fill((byte) 0xff);
        Unpacking.ints(block.address(), 5, 0, out.length, out, 0);
      }
      boolean right = Arrays.stream(out).allMatch(value -> value == 31);
      System.out.println(before + " " + VectorApi.isActive() + " " + (calls[0] > 0) + " " + right);
    }
  }

  private static String activation(String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(
        Stream.of(Activation.class, VectorApi.class, LoggerFactory.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(flags));
    command.add(Activation.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines()
        .filter(line -> line.startsWith("true ") || line.startsWith("false "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aProcessGoesOverToVectorsWhenItLoadsTheirModule() throws Exception {
    assumeThat(VectorApi.isActive()).isTrue();
    assertThat(activation(LOADER)).isEqualTo("false true true true");
  }

  @Test
  void aProcessWithTheModuleHasVectorsFromTheStart() throws Exception {
    assumeThat(VectorApi.isActive()).isTrue();
    assertThat(activation("--add-modules=jdk.incubator.vector")).isEqualTo("true true false true");
  }

  @Test
  void plainLoopsStayWhereVectorsAreForbiddenOrCannotBeLoaded() throws Exception {
    assertThat(activation(LOADER, "-Dcuvee.kernels=scalar")).isEqualTo("false false false true");
    assertThat(activation()).isEqualTo("false false false true");
  }
}
