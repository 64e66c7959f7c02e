/// PQL, the query language of the Pinot paper, as SQL.
@NullMarked
package io.cuvee.calcite.pql;

import org.jspecify.annotations.NullMarked;
