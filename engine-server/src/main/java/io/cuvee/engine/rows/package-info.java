/// Queries that return rows: any, or the first of an order.
@NullMarked
package io.cuvee.engine.rows;

import org.jspecify.annotations.NullMarked;
