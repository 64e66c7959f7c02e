/// Builds segments anew for the table's present config and schema.
@NullMarked
package io.cuvee.minion.refresh;

import org.jspecify.annotations.NullMarked;
