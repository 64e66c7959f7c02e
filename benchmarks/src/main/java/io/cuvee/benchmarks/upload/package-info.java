/// From the upload of a segment to the first query that sees its rows.
@NullMarked
package io.cuvee.benchmarks.upload;

import org.jspecify.annotations.NullMarked;
