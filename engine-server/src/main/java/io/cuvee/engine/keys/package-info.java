/// The primary keys of tables with upsert or dedup: which rows of the segments here count.
@NullMarked
package io.cuvee.engine.keys;

import org.jspecify.annotations.NullMarked;
