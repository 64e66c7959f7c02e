/// SQL and PQL text to a plan; no Calcite type leaves this module.
@NullMarked
package io.cuvee.calcite;

import org.jspecify.annotations.NullMarked;
