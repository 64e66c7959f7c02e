/// The catalog and the types as Calcite sees them.
@NullMarked
package io.cuvee.calcite.catalog;

import org.jspecify.annotations.NullMarked;
