/// Checking statements: names, types, and the wording of what is wrong.
@NullMarked
package io.cuvee.calcite.validate;

import org.jspecify.annotations.NullMarked;
