/// Builds segments from pages of rows.
@NullMarked
package io.cuvee.segment.build;

import org.jspecify.annotations.NullMarked;
