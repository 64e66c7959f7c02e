/// Rows by column, as they pass between operators and over the wire.
@NullMarked
package io.cuvee.execution.page;

import org.jspecify.annotations.NullMarked;
