/// Groups and aggregates: key tables, partial states, merging, results.
@NullMarked
package io.cuvee.execution.aggregate;

import org.jspecify.annotations.NullMarked;
