/// Moves a table's segments to the servers that should hold them, while queries run.
@NullMarked
package io.cuvee.controller.rebalance;

import org.jspecify.annotations.NullMarked;
