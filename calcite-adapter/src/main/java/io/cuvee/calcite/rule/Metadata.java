package io.cuvee.calcite.rule;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.MetadataHandlerProvider;
import org.apache.calcite.rel.metadata.ProxyingMetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/// Answers what rules ask about relational expressions, without compiling code as Calcite's own
/// provider does.
final class Metadata extends RelMetadataQuery {
  private static final MetadataHandlerProvider HANDLERS = new KnownHandlers();

  private Metadata() {
    super(HANDLERS);
  }

  static RelMetadataQuery query() {
    return new Metadata();
  }

  /// A query is made anew whenever a rule has changed something, its handlers only once.
  private static final class KnownHandlers implements MetadataHandlerProvider {
    private final MetadataHandlerProvider made =
        new ProxyingMetadataHandlerProvider(DefaultRelMetadataProvider.INSTANCE);
    private final Map<Class<?>, MetadataHandler<?>> known = new ConcurrentHashMap<>();

    @Override
    public <H extends MetadataHandler<?>> H handler(Class<H> kind) {
      return kind.cast(known.computeIfAbsent(kind, missing -> made.handler(kind)));
    }
  }
}
