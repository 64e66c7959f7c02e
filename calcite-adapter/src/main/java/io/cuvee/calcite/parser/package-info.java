/// From text to a syntax tree with typed parameters.
@NullMarked
package io.cuvee.calcite.parser;

import org.jspecify.annotations.NullMarked;
