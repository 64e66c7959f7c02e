/// Schemas, table configs and segment records, with the rules for changing them.
@NullMarked
package io.cuvee.controller.table;

import org.jspecify.annotations.NullMarked;
