package io.cuvee.sqltests.cluster;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests the [SharedCluster], which starts with the first test that asks for it and ends with
/// the JVM's last test.
public final class ClusterExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SharedCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Started started =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Started.class, key -> Started.start(), Started.class);
    return started.cluster();
  }

  /// Keeps a failed start as well: every test then fails with its cause at once, instead of trying
  /// again.
  private record Started(Result result) implements AutoCloseable {
    sealed interface Result {}

    record Up(SharedCluster cluster) implements Result {}

    record Down(Exception cause) implements Result {}

    static Started start() {
      try {
        return new Started(new Up(SharedCluster.start()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Started(new Down(e));
      } catch (Exception e) {
        return new Started(new Down(e));
      }
    }

    SharedCluster cluster() {
      return switch (result) {
        case Up up -> up.cluster();
        case Down down ->
            throw new IllegalStateException("The shared cluster did not start.", down.cause());
      };
    }

    @Override
    public void close() {
      if (result instanceof Up up) {
        up.cluster().close();
      }
    }
  }
}
