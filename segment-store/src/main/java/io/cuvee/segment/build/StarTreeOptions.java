package io.cuvee.segment.build;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.index.startree.StarTreeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The star-trees that a table config wants in each segment.
///
/// @param trees as stated
/// @param hasDefault whether one is chosen from the segment's data besides
public record StarTreeOptions(List<StarTreeConfig> trees, boolean hasDefault) {
  public static final StarTreeOptions NONE = new StarTreeOptions(List.of(), false);

  public StarTreeOptions {
    trees = List.copyOf(trees);
  }

  public static StarTreeOptions of(TableConfig config) {
    return new StarTreeOptions(config.starTrees(), config.enableDefaultStarTree());
  }

  public boolean isEmpty() {
    return trees.isEmpty() && !hasDefault;
  }

  /// Whether a stated tree splits by the column.
  boolean isDimension(String column) {
    return trees.stream().anyMatch(tree -> tree.dimensions().contains(column));
  }

  /// What is to be built in one segment.
  ///
  /// @param columns of the segment
  public List<StarTreeSpec> specs(
      Schema schema, Function<String, Optional<SegmentColumn>> columns) {
    List<StarTreeSpec> specs = new ArrayList<>();
    for (StarTreeConfig tree : trees) {
      // The schema may have changed since the config was checked.
      if (tree.problems(schema, List.of()).isEmpty()) {
        specs.add(StarTreeSpec.of(tree, schema));
      }
    }
    if (hasDefault) {
      StarTreeSpec.ofDefault(schema, columns).ifPresent(specs::add);
    }
    return specs;
  }
}
