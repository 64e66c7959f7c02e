/// The functions that statements may call.
@NullMarked
package io.cuvee.calcite.operator;

import org.jspecify.annotations.NullMarked;
