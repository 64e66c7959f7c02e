/// Columns on disk and in memory: format, encodings, dictionaries, indexes, builders.
@NullMarked
package io.cuvee.segment;

import org.jspecify.annotations.NullMarked;
