/// The plans of statements that came before.
@NullMarked
package io.cuvee.calcite.cache;

import org.jspecify.annotations.NullMarked;
