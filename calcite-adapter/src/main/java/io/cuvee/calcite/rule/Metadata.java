package io.cuvee.calcite.rule;

import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataHandlerProvider;
import org.apache.calcite.rel.metadata.ProxyingMetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/// Answers what rules ask about relational expressions, without compiling code as Calcite's own
/// provider does.
final class Metadata extends RelMetadataQuery {
  private static final MetadataHandlerProvider HANDLERS =
      new ProxyingMetadataHandlerProvider(DefaultRelMetadataProvider.INSTANCE);

  private Metadata() {
    super(HANDLERS);
  }

  static RelMetadataQuery query() {
    return new Metadata();
  }
}
