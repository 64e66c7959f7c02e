/// Schemas and table configs as users write them, and the tables as the planner sees them.
@NullMarked
package io.cuvee.common.catalog;

import org.jspecify.annotations.NullMarked;
