/// From Calcite's relational expressions to our plan.
@NullMarked
package io.cuvee.calcite.translate;

import org.jspecify.annotations.NullMarked;
