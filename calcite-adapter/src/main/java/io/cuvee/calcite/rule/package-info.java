/// The rewriting of relational expressions.
@NullMarked
package io.cuvee.calcite.rule;

import org.jspecify.annotations.NullMarked;
